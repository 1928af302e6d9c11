//! Characters to tokens.

use super::{Span, SyntaxError};
use crate::quantity::{Exact, Unit};

/// What a token is.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Token {
    Number(Exact, Option<Unit>),
    Text(String),
    /// `quoted` names are never keywords.
    Name {
        text: String,
        quoted: bool,
    },
    /// One of `+ - * / = <> < <= > >= ( ) [ ] ,`
    Sign(&'static str),
}

/// The tokens of a formula in order.
pub(super) fn tokens(text: &str) -> Result<Vec<(Token, Span)>, SyntaxError> {
    let mut lexer = Lexer { text, at: 0 };
    let mut found = Vec::new();
    while let Some(token) = lexer.next()? {
        found.push(token);
    }
    Ok(found)
}

struct Lexer<'t> {
    text: &'t str,
    at: usize,
}

impl Lexer<'_> {
    fn peek(&self) -> Option<char> {
        self.text[self.at..].chars().next()
    }

    fn take_while(&mut self, keep: impl Fn(char) -> bool) -> &str {
        let start = self.at;
        while let Some(c) = self.peek().filter(|&c| keep(c)) {
            self.at += c.len_utf8();
        }
        &self.text[start..self.at]
    }

    fn next(&mut self) -> Result<Option<(Token, Span)>, SyntaxError> {
        self.take_while(|c| c.is_whitespace() || c == '\u{3000}');
        let start = self.at;
        let Some(first) = self.peek() else { return Ok(None) };
        let token = match first {
            '0'..='9' => self.number()?,
            '"' | '“' => self.quoted(first, if first == '"' { '"' } else { '”' }).map(Token::Text)?,
            '「' => Token::Name { text: self.quoted('「', '」')?, quoted: true },
            c if c.is_alphabetic() || c == '_' => {
                let text = self.take_while(|c| c.is_alphanumeric() || c == '_' || c == '.').to_owned();
                Token::Name { text, quoted: false }
            }
            _ => self.sign(first)?,
        };
        Ok(Some((token, Span::new(start, self.at))))
    }

    fn number(&mut self) -> Result<Token, SyntaxError> {
        let start = self.at;
        self.take_while(|c| c.is_ascii_digit() || c == '.');
        if matches!(self.peek(), Some('%' | '％')) {
            self.at += self.peek().map_or(0, char::len_utf8);
        }
        let digits = &self.text[start..self.at];
        let value = Exact::parse(digits).map_err(|error| SyntaxError {
            span: Span::new(start, self.at),
            message: format!("「{digits}」不是数字：{error}"),
        })?;
        Ok(Token::Number(value, self.unit_after_number()?))
    }

    /// `1月`, `12月/年`: a unit follows its number without a space.
    fn unit_after_number(&mut self) -> Result<Option<Unit>, SyntaxError> {
        let start = self.at;
        let run = self.take_while(char::is_alphabetic).to_owned();
        if run.is_empty() {
            return Ok(None);
        }
        let unit = Unit::parse(&run).map_err(|_| SyntaxError {
            span: Span::new(start, self.at),
            message: format!("数字后面的「{run}」不是单位；以数字开头的名称要写在「」里"),
        })?;
        // A denominator belongs to the unit only if it is itself a unit.
        let after_unit = self.at;
        if self.peek() == Some('/') {
            self.at += 1;
            let below = self.take_while(char::is_alphabetic).to_owned();
            if let Ok(whole) = Unit::parse(&format!("{run}/{below}"))
                && !below.is_empty()
            {
                return Ok(Some(whole));
            }
            self.at = after_unit;
        }
        Ok(Some(unit))
    }

    fn quoted(&mut self, open: char, close: char) -> Result<String, SyntaxError> {
        let start = self.at;
        self.at += open.len_utf8();
        let text = self.take_while(|c| c != close).to_owned();
        if self.peek() != Some(close) {
            return Err(SyntaxError {
                span: Span::new(start, self.at),
                message: format!("这里以「{open}」开头，缺少结尾的「{close}」"),
            });
        }
        self.at += close.len_utf8();
        Ok(text)
    }

    fn sign(&mut self, first: char) -> Result<Token, SyntaxError> {
        let start = self.at;
        self.at += first.len_utf8();
        let followed_by = |lexer: &mut Self, wanted: &[char]| match lexer.peek() {
            Some(c) if wanted.contains(&c) => {
                lexer.at += c.len_utf8();
                true
            }
            _ => false,
        };
        let sign = match first {
            '+' | '＋' => "+",
            '-' | '－' | '−' => "-",
            '*' | '×' | '＊' => "*",
            '/' | '÷' | '／' => "/",
            '(' | '（' => "(",
            ')' | '）' => ")",
            '[' | '［' | '【' => "[",
            ']' | '］' | '】' => "]",
            ',' | '，' | '、' => ",",
            '=' | '＝' => "=",
            '≠' => "<>",
            '≤' => "<=",
            '≥' => ">=",
            '<' | '＜' if followed_by(self, &['=', '＝']) => "<=",
            '<' | '＜' if followed_by(self, &['>', '＞']) => "<>",
            '<' | '＜' => "<",
            '>' | '＞' if followed_by(self, &['=', '＝']) => ">=",
            '>' | '＞' => ">",
            other => {
                return Err(SyntaxError {
                    span: Span::new(start, self.at),
                    message: format!("公式里不能出现字符「{other}」；名称里有特殊字符时写在「」里"),
                });
            }
        };
        Ok(Token::Sign(sign))
    }
}
