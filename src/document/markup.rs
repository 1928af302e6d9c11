//! The markup that templates write: lines, each with a sign at its start. `docs/templates.md` is its manual.

use super::{
    model::{Align, Bar, Block, Column, Document, Furniture, FurniturePart, Row, ScaleName, Span, Table, Text},
    numbering::Numbering,
};
use crate::quantity::Exact;

/// A fault in a rendered template: the line (of the rendered text, from 1), and what is wrong with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Fault {
    pub(super) line: usize,
    pub(super) message: String,
}

/// Signs that mean something to the parser; a backslash before one takes its meaning away.
const SIGNS: &str = "\\|*^{}#§>@=!";

/// Deeper nesting than this is a mistake.
const DEEPEST_CLAUSE: usize = 4;

/// Takes from a value what the markup would read as its own: no value can become a cell, a heading, a page number.
pub(super) fn escape(value: &str) -> String {
    let mut escaped = String::with_capacity(value.len());
    for character in value.replace("\r\n", "\n").chars() {
        match character {
            '\n' => escaped.push_str("\\n"),
            '\t' => escaped.push(' '),
            _ => {
                if SIGNS.contains(character) {
                    escaped.push('\\');
                }
                escaped.push(character);
            }
        }
    }
    escaped
}

/// Reads a rendered template.
pub(super) fn parse(source: &str) -> Result<Document, Fault> {
    let document = Document { margins: [25, 25, 22, 25], ..Document::default() };
    let lines = source.lines().map(str::trim).collect();
    let mut parser = Parser { lines, line: 0, document, numbering: Numbering::default() };
    let (blocks, _) = parser.blocks(&[])?;
    parser.document.blocks = blocks;
    Ok(parser.document)
}

struct Parser<'a> {
    lines: Vec<&'a str>,
    /// How many lines are read: the number of the last one read.
    line: usize,
    document: Document,
    numbering: Numbering,
}

impl<'a> Parser<'a> {
    fn next_line(&mut self) -> Option<&'a str> {
        let line = self.lines.get(self.line).copied();
        self.line += 1;
        line
    }

    fn fault<T>(&self, message: impl Into<String>) -> Result<T, Fault> {
        Err(Fault { line: self.line, message: message.into() })
    }

    /// Blocks up to one of the `ends`, which it returns, or up to the end of the text where there are none to wait for.
    fn blocks(&mut self, ends: &[&'static str]) -> Result<(Vec<Block>, Option<&'static str>), Fault> {
        let mut blocks = Vec::new();
        let mut prose = String::new();
        while let Some(line) = self.next_line() {
            let end = ends.iter().copied().find(|&end| end == line);
            let starts_block = line.starts_with(['#', '§', '>', '@']);
            if line.is_empty() || starts_block {
                flush(&mut prose, &mut blocks);
            }
            if end.is_some() {
                return Ok((blocks, end));
            }
            if starts_block {
                blocks.extend(self.block(line)?);
            } else if !line.is_empty() {
                join(&mut prose, line);
            }
        }
        flush(&mut prose, &mut blocks);
        if ends.is_empty() { Ok((blocks, None)) } else { self.fault(format!("缺少 {}", ends.join(" 或 "))) }
    }

    /// The block that starts with `line`; `None` for what sets up the pages.
    fn block(&mut self, line: &str) -> Result<Option<Block>, Fault> {
        if let Some(directive) = line.strip_prefix('@') {
            let (name, rest) = directive.split_once(' ').unwrap_or((directive, ""));
            return self.directive(name, rest.trim());
        }
        let text = line.trim_start_matches(['#', '§', '>']);
        let sign = &line[..line.len() - text.len()];
        let depth = sign.chars().count();
        match sign.chars().next() {
            Some('>') if depth == 1 => Ok(Some(Block::Note(inline(text)))),
            Some('#') if sign == "#" => {
                let mut cells = cells(text).map(inline);
                let title = cells.next().unwrap_or_default();
                Ok(Some(Block::Title { title, opposite: cells.collect() }))
            }
            Some('#') if sign == "##" => Ok(Some(Block::Heading { level: 1, text: self.heading(text) })),
            Some('#') if sign == "###" => Ok(Some(Block::Heading { level: 2, text: inline(text) })),
            Some('§') if depth <= DEEPEST_CLAUSE && sign.chars().all(|c| c == '§') => {
                let [label, text] = self.exactly(text, "§ 条号 | 条文")?;
                let number = self.numbering.next(&label.words());
                let runs_on = depth == 1 && number.is_some();
                let level = if runs_on { 0 } else { u8::try_from(depth).unwrap_or(u8::MAX) };
                Ok(Some(Block::Clause { level, label: number.map_or(label, Text::plain), text }))
            }
            _ => self.fault(format!("行首记号“{sign}”无法识别")),
        }
    }

    /// `## 一级`, or `## 章 | 名称` with the next chapter's number.
    fn heading(&mut self, source: &str) -> Text {
        let numbered =
            source.split_once('|').and_then(|(label, name)| Some((self.numbering.next(label.trim())?, name)));
        match numbered {
            Some((number, name)) => {
                let mut text = Text::plain(number + "　");
                text.0.extend(inline(name).0);
                text
            }
            None => inline(source),
        }
    }

    fn directive(&mut self, name: &str, rest: &str) -> Result<Option<Block>, Fault> {
        match name {
            "page" => self.page(rest)?,
            "header" => self.document.header = self.furniture(rest)?,
            "footer" => self.document.footer = self.furniture(rest)?,
            "part" => return Ok(Some(Block::Part(rest.to_owned()))),
            "rule" => return Ok(Some(Block::Rule)),
            "newpage" => return Ok(Some(Block::NewPage)),
            "amount" => {
                let [label, figure, words] = self.exactly(rest, "@amount 名称 | 小写 | 大写")?;
                return Ok(Some(Block::Amount { label, figure, words }));
            }
            "fields" => return self.fields(rest).map(Some),
            "table" => return self.table(rest).map(Some),
            "bars" => return self.bars().map(Some),
            "beside" => return self.beside().map(Some),
            "signatures" => {
                let rows = self.body()?.into_iter().map(|(_, line)| cells(line).map(inline).collect()).collect();
                return Ok(Some(Block::Signatures(rows)));
            }
            "end" | "next" => {
                return self
                    .fault(format!("@{name} 前面没有与之相配的 @fields、@table、@bars、@beside 或 @signatures"));
            }
            _ => return self.fault(format!("没有 @{name} 这种版块")),
        }
        Ok(None)
    }

    /// `@page slip margins 16 17 14 17`
    fn page(&mut self, rest: &str) -> Result<(), Fault> {
        let mut words = rest.split_whitespace();
        self.document.scale = match words.next() {
            Some("slip") => ScaleName::Slip,
            Some("prose") => ScaleName::Prose,
            _ => return self.fault("@page 之后应为 slip 或 prose"),
        };
        if words.next().is_some_and(|word| word == "margins") {
            let margins: Vec<i32> =
                words.filter_map(|word| word.parse().ok()).filter(|mm| (5..=60).contains(mm)).collect();
            let Ok(margins) = <[i32; 4]>::try_from(margins) else {
                return self.fault("margins 之后应为上、右、下、左四个整数（毫米，5 至 60）");
            };
            self.document.margins = margins;
        }
        Ok(())
    }

    fn furniture(&self, rest: &str) -> Result<Furniture, Fault> {
        let mut sides = cells(rest).map(furniture_parts);
        let furniture = Furniture { left: sides.next().unwrap_or_default(), right: sides.next().unwrap_or_default() };
        if sides.next().is_some() { self.fault("页眉、页脚只有左、右两格") } else { Ok(furniture) }
    }

    /// The lines up to `@end`, without empty ones, each with its number.
    fn body(&mut self) -> Result<Vec<(usize, &'a str)>, Fault> {
        let opened = self.line;
        let mut lines = Vec::new();
        while let Some(line) = self.next_line() {
            match line {
                "@end" => return Ok(lines),
                "" => {}
                _ => lines.push((self.line, line)),
            }
        }
        Err(Fault { line: opened, message: "缺少 @end".to_owned() })
    }

    fn fields(&mut self, rest: &str) -> Result<Block, Fault> {
        let Some(columns) = rest.parse::<usize>().ok().filter(|columns| (1..=6).contains(columns)) else {
            return self.fault("@fields 之后应为栏数（1 至 6）");
        };
        let mut pairs = Vec::new();
        for (number, line) in self.body()? {
            let [label, value] = exactly(line, number, "名称 | 内容")?;
            pairs.push((label, value));
        }
        Ok(Block::Fields { columns, pairs })
    }

    /// `@table 4 2> 1^`: shares of the width, `>` right, `^` centred; then `! head`, `| row`, `= total`, `@end`.
    fn table(&mut self, rest: &str) -> Result<Block, Fault> {
        let Some(columns) = rest.split_whitespace().map(column).collect::<Option<Vec<_>>>().filter(|c| !c.is_empty())
        else {
            return self.fault("@table 之后应为各栏的宽度份额，如 4 2> 1^");
        };
        let mut table = Table { columns, ..Table::default() };
        for (number, line) in self.body()? {
            let Some(rest) = line.strip_prefix(['!', '|', '=']) else {
                return Err(Fault {
                    line: number,
                    message: "表格的行应以 !（表头）、|（行）或 =（合计）开头".to_owned(),
                });
            };
            let row: Vec<Text> = cells(rest).map(inline).collect();
            if row.len() != table.columns.len() {
                let message = format!("此行有 {} 格，表格有 {} 栏", row.len(), table.columns.len());
                return Err(Fault { line: number, message });
            }
            if line.starts_with('!') {
                table.head = Some(row);
            } else {
                table.rows.push(Row { cells: row, total: line.starts_with('=') });
            }
        }
        Ok(Block::Table(table))
    }

    /// `| 工资 | 1,869,900.00 | 59.09%`: the share is printed, and is how long the bar is.
    fn bars(&mut self) -> Result<Block, Fault> {
        let mut bars = Vec::new();
        for (number, line) in self.body()? {
            let form = "| 名称 | 金额 | 占比，如 59.09%";
            let Some(rest) = line.strip_prefix('|') else {
                return Err(Fault { line: number, message: format!("此处应写作：{form}") });
            };
            let [label, figure, share] = exactly(rest, number, form)?;
            let Some(millionths) = millionths(&share) else {
                return Err(Fault {
                    line: number, message: format!("占比应写成 59.09% 的样子。此处应写作：{form}")
                });
            };
            bars.push(Bar { label, figure, share, millionths });
        }
        Ok(Block::Bars(bars))
    }

    fn beside(&mut self) -> Result<Block, Fault> {
        let mut groups = Vec::new();
        loop {
            let (blocks, end) = self.blocks(&["@next", "@end"])?;
            groups.push(blocks);
            if end == Some("@end") {
                return Ok(Block::Beside(groups));
            }
        }
    }

    fn exactly<const N: usize>(&self, source: &str, form: &str) -> Result<[Text; N], Fault> {
        exactly(source, self.line, form)
    }
}

fn exactly<const N: usize>(source: &str, line: usize, form: &str) -> Result<[Text; N], Fault> {
    let found: Vec<Text> = cells(source).map(inline).collect();
    found.try_into().map_err(|_| Fault { line, message: format!("此处应写作：{form}") })
}

fn flush(prose: &mut String, blocks: &mut Vec<Block>) {
    if !prose.is_empty() {
        blocks.push(Block::Paragraph(inline(prose)));
        prose.clear();
    }
}

/// Source lines of one paragraph run on; a space comes between them only where both sides are Latin.
fn join(prose: &mut String, line: &str) {
    let latin = |character: Option<char>| character.is_some_and(|c| c.is_ascii_graphic());
    if latin(prose.chars().last()) && latin(line.chars().next()) {
        prose.push(' ');
    }
    prose.push_str(line);
}

/// A share as whole millionths, finer parts cut off: on paper they are less than a dot.
fn millionths(share: &Text) -> Option<i32> {
    let text: String = share.0.iter().map(|span| span.text.as_str()).collect();
    let whole = Exact::parse(&text).ok()?.mul(Exact::from(1_000_000)).ok()?.floor().to_decimal()?;
    whole.to_string().parse().ok().filter(|parts: &i32| parts.abs() <= 1_000_000)
}

fn column(source: &str) -> Option<Column> {
    let share = source.trim_end_matches(['>', '^', '<']);
    let align = match &source[share.len()..] {
        "" | "<" => Align::Left,
        ">" => Align::Right,
        "^" => Align::Centre,
        _ => return None,
    };
    let share = share.parse().ok().filter(|share| (1..=100).contains(share))?;
    Some(Column { share, align })
}

/// The parts between bars that no backslash precedes.
fn cells(source: &str) -> impl Iterator<Item = &str> {
    let mut escaped = false;
    source
        .split(move |character| {
            let splits = character == '|' && !escaped;
            escaped = character == '\\' && !escaped;
            splits
        })
        .map(str::trim)
}

/// Text with `**bold**`, `^raised^`, `\n` and escaped signs.
fn inline(source: &str) -> Text {
    let mut spans: Vec<Span> = Vec::new();
    let (mut bold, mut raised) = (false, false);
    let mut push = |character: char, bold: bool, raised: bool| match spans.last_mut() {
        Some(span) if span.bold == bold && span.raised == raised => span.text.push(character),
        _ => spans.push(Span { text: character.to_string(), bold, raised }),
    };
    let mut characters = source.trim().chars().peekable();
    while let Some(character) = characters.next() {
        match character {
            '\\' => match characters.next() {
                Some('n') => push('\n', bold, raised),
                Some(escaped) => push(escaped, bold, raised),
                None => {}
            },
            '*' if characters.next_if_eq(&'*').is_some() => bold = !bold,
            '^' => raised = !raised,
            _ => push(character, bold, raised),
        }
    }
    Text(spans)
}

/// Text with `{page}` and `{pages}`.
fn furniture_parts(source: &str) -> Vec<FurniturePart> {
    let plain = |source: &str| {
        let text: String = inline(source).0.into_iter().map(|span| span.text).collect();
        (!text.is_empty()).then_some(FurniturePart::Text(text))
    };
    let mut parts = Vec::new();
    let mut rest = source;
    // A value's braces come escaped, so a brace that opens one of these names is the template's own.
    while let Some((at, name, part)) = [("{page}", FurniturePart::Page), ("{pages}", FurniturePart::Pages)]
        .into_iter()
        .filter_map(|(name, part)| rest.find(name).map(|at| (at, name, part)))
        .min_by_key(|(at, ..)| *at)
    {
        parts.extend(plain(&rest[..at]));
        parts.push(part);
        rest = &rest[at + name.len()..];
    }
    parts.extend(plain(rest));
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    fn blocks(source: &str) -> Vec<Block> {
        parse(source).unwrap().blocks
    }

    #[test]
    fn each_sign_makes_its_block() {
        let source =
            "# 标题\n## 一、章\n### 节\n§ 第一条 | 条文\n§§ （一） | 项\n> 注\n正文\n接续\n\n又一段\n@rule\n@newpage";
        let expected = [
            Block::Title { title: Text::plain("标题"), opposite: vec![] },
            Block::Heading { level: 1, text: Text::plain("一、章") },
            Block::Heading { level: 2, text: Text::plain("节") },
            Block::Clause { level: 1, label: Text::plain("第一条"), text: Text::plain("条文") },
            Block::Clause { level: 2, label: Text::plain("（一）"), text: Text::plain("项") },
            Block::Note(Text::plain("注")),
            Block::Paragraph(Text::plain("正文接续")),
            Block::Paragraph(Text::plain("又一段")),
            Block::Rule,
            Block::NewPage,
        ];
        assert_eq!(blocks(source), expected);
    }

    #[test]
    fn a_table_has_head_rows_and_total() {
        let source = "@table 4 2> 1^\n! 项 | 额 | 注\n| 甲 | 1.00 |\n\n= 计 | 1.00 | ×\n@end";
        let [Block::Table(table)] = &blocks(source)[..] else { panic!("no table") };
        assert_eq!(table.columns.iter().map(|c| c.share).collect::<Vec<_>>(), [4, 2, 1]);
        assert_eq!(
            table.columns.iter().map(|c| c.align).collect::<Vec<_>>(),
            [Align::Left, Align::Right, Align::Centre]
        );
        assert_eq!(table.head.as_ref().unwrap().len(), 3);
        assert!(table.rows[0].cells[2] == Text::default() && !table.rows[0].total && table.rows[1].total);
    }

    #[test]
    fn a_bar_is_as_long_as_its_share_says() {
        let source = "@bars\n| 工资 | 1,869,900.00 | 59.0876%\n| 利润 | -1.00 | -0.00003%\n@end";
        let [Block::Bars(bars)] = &blocks(source)[..] else { panic!("no bars") };
        assert_eq!(bars.iter().map(|bar| bar.millionths).collect::<Vec<_>>(), [590_876, -1]);
        assert_eq!(bars[0].share, Text::plain("59.0876%"));
        for wrong in ["| 工资 | 1.00", "| 工资 | 1.00 | 很多", "| 工资 | 1.00 | 200%", "工资"] {
            assert!(parse(&format!("@bars\n{wrong}\n@end")).is_err(), "{wrong}");
        }
    }

    #[test]
    fn groups_stand_beside_each_other() {
        let [Block::Beside(groups)] = &blocks("@beside\n左\n@next\n右\n@end")[..] else { panic!("no groups") };
        assert_eq!(groups, &[vec![Block::Paragraph(Text::plain("左"))], vec![Block::Paragraph(Text::plain("右"))]]);
    }

    #[test]
    fn values_cannot_become_markup() {
        for value in [
            "# 甲",
            "a | b",
            "**粗**",
            "^上^",
            "{page}",
            "@end",
            "> x",
            "§ 一",
            "= 1",
            "! x",
            "c:\\n",
            "\\",
            "一\n# 二",
        ] {
            let [Block::Fields { pairs, .. }] = &blocks(&format!("@fields 1\n名 | {}\n@end", escape(value)))[..]
            else {
                panic!("no fields")
            };
            assert_eq!(pairs[0].1, Text::plain(value), "{value}");
            assert_eq!(blocks(&escape(value)), [Block::Paragraph(Text::plain(value))], "{value}");
            assert_eq!(furniture_parts(&escape(value)), [FurniturePart::Text(value.to_owned())], "{value}");
        }
    }

    #[test]
    fn clauses_count_themselves() {
        let source = "## 章 | 总则\n§ 条 | 甲\n§§ 项 | 乙\n§§ 项 | 丙\n§§§ 目 | 丁\n## 章 | 分则\n§ 条 | 戊\n§§ 项 | 己\n§ 附 | 庚";
        let labels: Vec<String> = blocks(source)
            .into_iter()
            .map(|block| match block {
                Block::Clause { label, .. } => label.words(),
                Block::Heading { text, .. } => text.words(),
                other => panic!("{other:?}"),
            })
            .collect();
        let expected = ["第一章　总则", "第一条", "（一）", "（二）", "1.", "第二章　分则", "第二条", "（一）", "附"];
        assert_eq!(labels, expected);
    }

    #[test]
    fn bold_passages_and_latin_joins() {
        let span = |text: &str, bold, raised| Span { text: text.to_owned(), bold, raised };
        let expected =
            [span("甲", false, false), span("乙", true, false), span("1", true, true), span("丙", false, false)];
        assert_eq!(inline("甲**乙^1^**丙").0, expected);
        assert_eq!(blocks("one\ntwo\n甲"), [Block::Paragraph(Text::plain("one two甲"))]);
    }

    #[test]
    fn furniture_counts_pages() {
        let footer = parse("@footer 甲 | 第{page}页 共{pages}页").unwrap().footer;
        let text = |text: &str| FurniturePart::Text(text.to_owned());
        assert_eq!(footer.left, [text("甲")]);
        assert_eq!(footer.right, [text("第"), FurniturePart::Page, text("页 共"), FurniturePart::Pages, text("页")]);
    }

    #[test]
    fn faults_name_their_line() {
        for (source, line, word) in [
            ("甲\n@nothing", 2, "@nothing"),
            ("@table 1 1\n| 甲 | 乙\n| 甲\n@end", 3, "1 格"),
            ("@table 1 x\n@end", 1, "份额"),
            ("@table 1\n甲\n@end", 2, "开头"),
            ("甲\n@fields 2\n甲 | 乙", 2, "缺少 @end"),
            ("@fields 9\n@end", 1, "栏数"),
            ("@fields 2\n甲\n@end", 2, "名称 | 内容"),
            ("@amount 甲 | 乙", 1, "大写"),
            ("§ 第一条", 1, "条号"),
            ("#### 甲", 1, "####"),
            ("@page book", 1, "slip"),
            ("@page slip margins 1 2 3 4", 1, "毫米"),
            ("@header a | b | c", 1, "两格"),
            ("甲\n@end", 2, "@end"),
        ] {
            let fault = parse(source).unwrap_err();
            assert_eq!(fault.line, line, "{source}: {fault:?}");
            assert!(fault.message.contains(word), "{source}: {fault:?}");
        }
        assert!(parse("@beside\n甲").unwrap_err().message.contains("@next 或 @end"));
    }
}
