//! Tokens to a syntax tree.

use super::lexer::{Token, tokens};
use super::{
    ArithmeticOperator, Comparison, Expression, ExpressionKind, Function, MAX_DEPTH, MAX_LENGTH, Name, Span,
    SyntaxError,
};

/// Reads a formula.
///
/// # Errors
/// The first thing that is not the language, with its place.
pub fn parse(text: &str) -> Result<Expression, SyntaxError> {
    let length = text.chars().count();
    if length > MAX_LENGTH {
        return Err(SyntaxError {
            span: Span::new(0, text.len()),
            message: format!("公式有 {length} 个字符，最多 {MAX_LENGTH} 个；请拆成几个数"),
        });
    }
    let tokens = tokens(text)?;
    let mut parser = Parser { tokens: &tokens, at: 0, depth: 0, end: Span::new(text.len(), text.len()) };
    let expression = parser.expression(0)?;
    match parser.peek() {
        None => Ok(expression),
        Some((_, span)) => Err(parser.unexpected(*span, "运算符或公式结束")),
    }
}

struct Parser<'t> {
    tokens: &'t [(Token, Span)],
    at: usize,
    depth: usize,
    end: Span,
}

/// An operator between two operands.
enum Infix {
    Or,
    And,
    Compare(Comparison),
    Arithmetic(ArithmeticOperator),
}

impl Infix {
    /// How tightly it binds; a comparison binds tighter than AND, as in a spreadsheet.
    const fn strength(&self) -> u8 {
        match self {
            Self::Or => 1,
            Self::And => 2,
            Self::Compare(_) => 4,
            Self::Arithmetic(ArithmeticOperator::Add | ArithmeticOperator::Subtract) => 5,
            Self::Arithmetic(_) => 6,
        }
    }
}

/// `NOT` binds looser than a comparison, the sign of a number tighter than everything.
const STRENGTH_OF_NOT: u8 = 3;
const STRENGTH_OF_SIGN: u8 = 7;

impl<'t> Parser<'t> {
    fn peek(&self) -> Option<&'t (Token, Span)> {
        self.tokens.get(self.at)
    }

    fn peek_is_sign(&self, sign: &str) -> bool {
        matches!(self.peek(), Some((Token::Sign(found), _)) if *found == sign)
    }

    fn next(&mut self, expected: &str) -> Result<&'t (Token, Span), SyntaxError> {
        let token = self.peek().ok_or_else(|| self.unexpected(self.end, expected))?;
        self.at += 1;
        Ok(token)
    }

    fn expect(&mut self, sign: &'static str) -> Result<Span, SyntaxError> {
        let expected = format!("「{sign}」");
        match self.next(&expected)? {
            (Token::Sign(found), span) if *found == sign => Ok(*span),
            (_, span) => Err(self.unexpected(*span, &expected)),
        }
    }

    fn unexpected(&self, span: Span, expected: &str) -> SyntaxError {
        let message = if span == self.end {
            format!("公式在这里就结束了，应为{expected}")
        } else {
            format!("这里应为{expected}")
        };
        SyntaxError { span, message }
    }

    fn infix(&self) -> Option<Infix> {
        Some(match self.peek()? {
            (Token::Name { text, quoted: false }, _) if text == "AND" => Infix::And,
            (Token::Name { text, quoted: false }, _) if text == "OR" => Infix::Or,
            (Token::Sign(sign), _) => match *sign {
                "+" => Infix::Arithmetic(ArithmeticOperator::Add),
                "-" => Infix::Arithmetic(ArithmeticOperator::Subtract),
                "*" => Infix::Arithmetic(ArithmeticOperator::Multiply),
                "/" => Infix::Arithmetic(ArithmeticOperator::Divide),
                "=" => Infix::Compare(Comparison::Equal),
                "<>" => Infix::Compare(Comparison::NotEqual),
                "<" => Infix::Compare(Comparison::Less),
                "<=" => Infix::Compare(Comparison::LessOrEqual),
                ">" => Infix::Compare(Comparison::Greater),
                ">=" => Infix::Compare(Comparison::GreaterOrEqual),
                _ => return None,
            },
            _ => return None,
        })
    }

    /// An expression whose operators all bind tighter than `floor`.
    fn expression(&mut self, floor: u8) -> Result<Expression, SyntaxError> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            let span = self.peek().map_or(self.end, |(_, span)| *span);
            return Err(SyntaxError {
                span, message: format!("公式嵌套超过 {MAX_DEPTH} 层；请拆成几个数")
            });
        }
        let mut left = self.operand()?;
        while let Some(operator) = self.infix().filter(|operator| operator.strength() > floor) {
            self.at += 1;
            let right = self.expression(operator.strength())?;
            let span = left.span.join(right.span);
            let kind = match operator {
                Infix::Or => ExpressionKind::Or(vec![left, right]),
                Infix::And => ExpressionKind::And(vec![left, right]),
                Infix::Compare(comparison) => ExpressionKind::Compare(comparison, Box::new(left), Box::new(right)),
                Infix::Arithmetic(operator) => ExpressionKind::Arithmetic(operator, Box::new(left), Box::new(right)),
            };
            left = Expression { kind, span };
        }
        self.depth -= 1;
        Ok(left)
    }

    fn operand(&mut self) -> Result<Expression, SyntaxError> {
        let (token, span) = self.next("数字、名称或函数")?;
        let span = *span;
        match token {
            Token::Number(value, unit) => Ok(Expression { kind: ExpressionKind::Number(*value, *unit), span }),
            Token::Text(text) => Ok(Expression { kind: ExpressionKind::Text(text.clone()), span }),
            Token::Sign("(") => {
                let inner = self.expression(0)?;
                let close = self.expect(")")?;
                Ok(Expression { span: span.join(close), ..inner })
            }
            Token::Sign("-") => {
                let inner = self.expression(STRENGTH_OF_SIGN)?;
                let span = span.join(inner.span);
                Ok(Expression { kind: ExpressionKind::Negate(Box::new(inner)), span })
            }
            Token::Sign(_) => Err(self.unexpected(span, "数字、名称或函数")),
            Token::Name { text, quoted } => {
                if !quoted {
                    match text.as_str() {
                        "是" | "TRUE" => return Ok(Expression { kind: ExpressionKind::Boolean(true), span }),
                        "否" | "FALSE" => return Ok(Expression { kind: ExpressionKind::Boolean(false), span }),
                        "NOT" => {
                            let inner = self.expression(STRENGTH_OF_NOT)?;
                            let span = span.join(inner.span);
                            return Ok(Expression { kind: ExpressionKind::Not(Box::new(inner)), span });
                        }
                        _ if self.peek_is_sign("(") => return self.call(text, span),
                        _ => {}
                    }
                }
                self.name(Name { text: text.clone(), span })
            }
        }
    }

    fn name(&mut self, name: Name) -> Result<Expression, SyntaxError> {
        let mut span = name.span;
        let mut cell = Vec::new();
        if self.peek_is_sign("[") {
            self.at += 1;
            let close;
            (cell, close) = self.list("]")?;
            span = span.join(close);
        }
        Ok(Expression { kind: ExpressionKind::Name(name, cell), span })
    }

    /// Expressions separated by commas, and the sign that closes them.
    fn list(&mut self, close: &'static str) -> Result<(Vec<Expression>, Span), SyntaxError> {
        let mut items = vec![self.expression(0)?];
        while self.peek_is_sign(",") {
            self.at += 1;
            items.push(self.expression(0)?);
        }
        let span = self.expect(close)?;
        Ok((items, span))
    }

    fn call(&mut self, name: &str, span: Span) -> Result<Expression, SyntaxError> {
        self.at += 1;
        if name == "SUM" {
            return self.sum(span);
        }
        let function = Function::named(name);
        if function.is_none() && !matches!(name, "AND" | "OR") {
            let message = format!("没有函数「{name}」；可用：AND、OR、SUM、{}", Function::NAMES.join("、"));
            return Err(SyntaxError { span, message });
        }
        let (arguments, close) = self.list(")")?;
        let span = span.join(close);
        let kind = match function {
            None if name == "AND" => ExpressionKind::And(arguments),
            None => ExpressionKind::Or(arguments),
            Some(function) => {
                let (fewest, most) = function.arity();
                if !(fewest..=most).contains(&arguments.len()) {
                    let wanted = if fewest == most { fewest.to_string() } else { format!("{fewest} 至 {most}") };
                    let message = format!("{name} 要 {wanted} 个参数，这里有 {} 个", arguments.len());
                    return Err(SyntaxError { span, message });
                }
                ExpressionKind::Call(function, arguments)
            }
        };
        Ok(Expression { kind, span })
    }

    fn sum(&mut self, span: Span) -> Result<Expression, SyntaxError> {
        let dimension = match self.next("维度的名称")? {
            (Token::Name { text, .. }, span) => Name { text: text.clone(), span: *span },
            (_, span) => return Err(self.unexpected(*span, "维度的名称")),
        };
        let filter = match self.peek() {
            Some((Token::Name { text, quoted: false }, _)) if text == "WHERE" => {
                self.at += 1;
                Some(Box::new(self.expression(0)?))
            }
            _ => None,
        };
        self.expect(",")?;
        let term = Box::new(self.expression(0)?);
        let close = self.expect(")")?;
        Ok(Expression { kind: ExpressionKind::Sum { dimension, filter, term }, span: span.join(close) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The tree written back with every bracket, to see what binds to what.
    fn shape(expression: &Expression) -> String {
        use ArithmeticOperator as A;
        match &expression.kind {
            ExpressionKind::Number(value, unit) => format!("{value}{}", unit.map_or(String::new(), |u| u.to_string())),
            ExpressionKind::Text(text) => format!("{text:?}"),
            ExpressionKind::Boolean(value) => value.to_string(),
            ExpressionKind::Name(name, cell) if cell.is_empty() => name.text.clone(),
            ExpressionKind::Name(name, cell) => {
                format!("{}[{}]", name.text, cell.iter().map(shape).collect::<Vec<_>>().join(","))
            }
            ExpressionKind::Negate(inner) => format!("(-{})", shape(inner)),
            ExpressionKind::Not(inner) => format!("(not {})", shape(inner)),
            ExpressionKind::Arithmetic(operator, a, b) => {
                let sign = match operator {
                    A::Add => '+',
                    A::Subtract => '-',
                    A::Multiply => '*',
                    A::Divide => '/',
                };
                format!("({}{sign}{})", shape(a), shape(b))
            }
            ExpressionKind::Compare(comparison, a, b) => format!("({} {comparison:?} {})", shape(a), shape(b)),
            ExpressionKind::And(items) => format!("and({})", items.iter().map(shape).collect::<Vec<_>>().join(",")),
            ExpressionKind::Or(items) => format!("or({})", items.iter().map(shape).collect::<Vec<_>>().join(",")),
            ExpressionKind::Call(function, items) => {
                format!("{}({})", function.name(), items.iter().map(shape).collect::<Vec<_>>().join(","))
            }
            ExpressionKind::Sum { dimension, filter, term } => format!(
                "SUM({}{},{})",
                dimension.text,
                filter.as_ref().map_or(String::new(), |f| format!(" where {}", shape(f))),
                shape(term)
            ),
        }
    }

    #[test]
    fn what_binds_to_what() {
        for (text, expected) in [
            ("1+2*3", "(1+(2*3))"),
            ("a-b-c", "((a-b)-c)"),
            ("a/b*c", "((a/b)*c)"),
            ("-a*b", "((-a)*b)"),
            ("a < b AND NOT c OR d", "or(and((a Less b),(not c)),d)"),
            ("NOT a = b", "(not (a Equal b))"),
            ("累计收入－（免税＋5000）×３%", "x"),
            ("MAX(0，BAND(表一, x) ÷ 2) ≥ 1月", "(MAX(0,(BAND(表一,x)/2)) GreaterOrEqual 1月)"),
            ("AND(a, b, 是)", "and(a,b,true)"),
            ("SUM(item WHERE 计入应税收入 AND x > 0, 金额)", "SUM(item where and(计入应税收入,(x Greater 0)),金额)"),
            ("缴费额[个人、基本养老保险]", "缴费额[个人,基本养老保险]"),
            ("「3岁以下婴幼儿照护」 + 16%", "(3岁以下婴幼儿照护+0.16)"),
            ("12月/年 * x", "(12月/年*x)"),
            ("12月/n", "(12月/n)"),
            ("ROUND(x, \"half-up 0.01\")", "ROUND(x,\"half-up 0.01\")"),
        ] {
            match parse(text) {
                Ok(tree) => assert_eq!(shape(&tree), expected, "{text}"),
                // Full-width digits are no number of the language.
                Err(error) => assert_eq!((expected, error.span.start), ("x", text.find('３').unwrap()), "{error:?}"),
            }
        }
    }

    #[test]
    fn errors_point_at_the_characters() {
        for (text, at, needle) in [
            ("", 0, "结束"),
            ("1 +", 3, "结束"),
            ("(1", 2, "结束"),
            ("a b", 2, "运算符"),
            ("3岁以下", 1, "不是单位"),
            ("MAXX(1)", 0, "没有函数"),
            ("IF(a, b)", 0, "3 个参数"),
            ("「甲", 0, "缺少结尾"),
            ("a # b", 2, "字符「#」"),
            ("1.2.3", 0, "不是数字"),
        ] {
            let error = parse(text).unwrap_err();
            assert_eq!(error.span.start, at, "{text}: {error:?}");
            assert!(error.message.contains(needle), "{text}: {error:?}");
        }
    }

    #[test]
    fn limits_hold_on_both_sides() {
        let nested = |n: usize| format!("{}1{}", "(".repeat(n), ")".repeat(n));
        assert!(parse(&nested(MAX_DEPTH - 1)).is_ok());
        assert!(parse(&nested(MAX_DEPTH)).unwrap_err().message.contains("嵌套"));
        let long = |n: usize| format!("1{}", " ".repeat(n - 1));
        assert!(parse(&long(MAX_LENGTH)).is_ok());
        assert!(parse(&long(MAX_LENGTH + 1)).unwrap_err().message.contains("最多"));
    }
}
