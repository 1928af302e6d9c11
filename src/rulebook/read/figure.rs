//! Figures and findings: formulas with their units, cases, roundings and sentences.

use super::{
    Reader,
    declare::{is_plain, not_an_id},
};
use crate::{
    formula::Span,
    quantity::Rounding,
    rulebook::{
        dated::Confidence,
        diagnostic::Diagnostic,
        elaborate::{Setting, bridge, elaborate},
        lexicon::Lexicon,
        model::{Case, EntryId, Figure, Finding, Formula, Gravity, MessagePart, PackageId, Round, Test, Type, Way},
        row::Row,
        source::{Located, Place},
        term::{Term, TermKind},
    },
};

/// What stands in a finding's sentence for the place that answers for the package.
const PLACE: &str = "地区";

impl Reader<'_> {
    pub(super) fn figure(
        self,
        package: PackageId,
        entry: EntryId,
        row: Row<'_>,
        lexicon: &Lexicon,
        sink: &mut Vec<Diagnostic>,
    ) -> Figure {
        let head = lexicon.entry(entry);
        let setting = Setting { sources: self.sources, lexicon, package, at_hand: &head.by };
        let written: Vec<&str> = ["formula", "cases", "tests"].into_iter().filter(|way| row.has(way)).collect();
        let amiss = match written.as_slice() {
            [] => Some((head.place, "没有写怎么算".to_owned())),
            [_] => None,
            [first, second, ..] => Some((row.place_of(second), format!("既有 {first} 又有 {second}"))),
        };
        if let Some((place, message)) = amiss {
            let report = Diagnostic::error("missing-key", place, message, "formula、cases、tests 只写其一");
            sink.push(report.help(
                "一个公式写 formula = \"…\"；分情形写 cases = [{ when = \"…\", formula = \"…\" }]；\
                 依次检验写 tests = [{ name = \"…\", when = \"…\", gives = \"…\" }]",
            ));
        }
        let way = match (row.text("formula"), row.has("tests")) {
            (Some(text), _) => self.formula(setting, text, head.of, sink).map(Way::Formula),
            (None, true) => self.tests(setting, row, head.of, sink).map(Way::Tests),
            (None, false) => self.cases(setting, row, head.of, head.place, sink).map(Way::Cases),
        };
        Figure {
            // What could not be read stands as no case at all, of which nothing more is said.
            way: way.unwrap_or(Way::Cases(Vec::new())),
            round: row.text("round").map_or(Round::Unsaid, |text| self.rounding(setting, &text, sink)),
            cite: self.cite(row.text("cite"), None, sink),
        }
    }

    /// The cases, if every one of them could be read.
    fn cases(
        self,
        setting: Setting<'_>,
        row: Row<'_>,
        of: Type,
        place: Place,
        sink: &mut Vec<Diagnostic>,
    ) -> Option<Vec<Case>> {
        let mut cases = Vec::new();
        for row in row.tables("cases") {
            let conditional = row.has("when");
            if conditional == row.flag("otherwise") {
                let message = if conditional { "既有 when 又有 otherwise" } else { "没有写何时成立" };
                let report = Diagnostic::error("cases", row.place, message, "这种情形");
                sink.push(report.help("每种情形写 when = \"条件\"，或 otherwise = true，只写其一"));
            }
            let when = row.text("when").map(|text| self.formula(setting, text, Type::Boolean, sink));
            let formula = row.text("formula").and_then(|text| self.formula(setting, text, of, sink));
            let cite = self.cite(row.text("cite"), None, sink);
            cases.push(match (when, formula) {
                (Some(None), _) | (_, None) => None,
                (when, Some(formula)) => Some(Case { when: when.flatten(), formula, cite }),
            });
        }
        let cases: Vec<Case> = cases.into_iter().collect::<Option<_>>()?;
        if cases.is_empty() && row.has("cases") {
            let report = Diagnostic::error("cases", row.place_of("cases"), "一种情形也没有", "空的");
            sink.push(
                report.help("写 cases = [{ when = \"…\", formula = \"…\" }, { otherwise = true, formula = \"…\" }]"),
            );
        }
        if cases.iter().rev().skip(1).any(|case| case.when.is_none()) {
            let report = Diagnostic::error("cases", place, "otherwise 只能有一个，放在最后", "这个数的情形");
            sink.push(report.help("把 otherwise = true 的情形移到最后"));
        }
        Some(cases)
    }

    /// The tests, if every one of them could be read: the last has no condition, all others have one.
    fn tests(self, setting: Setting<'_>, row: Row<'_>, of: Type, sink: &mut Vec<Diagnostic>) -> Option<Vec<Test>> {
        let rows = row.tables("tests");
        let mut tests = Vec::new();
        for (at, one) in rows.iter().enumerate() {
            let last = at + 1 == rows.len();
            if one.has("when") == last || one.flag("otherwise") != last {
                let message =
                    if last { "最后一项检验不是 otherwise" } else { "otherwise 只能是最后一项" };
                let report = Diagnostic::error("tests", one.place, message, "这一项检验");
                sink.push(report.help("前面各项写 when = \"条件\"，最后一项写 otherwise = true"));
            }
            let when = one.text("when").map(|text| self.formula(setting, text, Type::Boolean, sink));
            let gives = one.text("gives").and_then(|text| self.formula(setting, text, of, sink));
            let cite = self.cite(one.text("cite"), None, sink);
            let confidence = one.string("confidence").and_then(|mark| Confidence::parse(&mark));
            let name = one.string("name");
            tests.push(match (when, gives, cite, confidence, name) {
                (Some(None), ..) => None,
                (when, Some(gives), Some(cite), Some(confidence), Some(name)) => {
                    Some(Test { name, when: when.flatten(), gives, cite, confidence, note: one.string("note") })
                }
                _ => None,
            });
        }
        if rows.is_empty() {
            sink.push(Diagnostic::error("tests", row.place_of("tests"), "一项检验也没有", "空的"));
        }
        tests.into_iter().collect()
    }

    fn rounding(self, setting: Setting<'_>, text: &Located<String>, sink: &mut Vec<Diagnostic>) -> Round {
        let lexicon = setting.lexicon;
        if text.value == "exact" {
            return Round::Exact;
        }
        if let Ok(rounding) = Rounding::parse(&text.value) {
            return Round::Fixed(rounding);
        }
        let value = match lexicon.find(setting.package, &text.value) {
            Ok(value) if lexicon.entry(value).of == Type::Rounding => value,
            _ => {
                let message = format!("「{}」不是舍入方式", text.value);
                let report = Diagnostic::error("rounding", text.place, message, "怎样舍入");
                sink.push(report.help(
                    "写 \"half-up 0.01\" 这样的方式和步长（half-up、half-even、up、down；0.01、0.1、1、10），\
                     或单位为「舍入」的值的名称，或 \"exact\"",
                ));
                // What cannot be read counts as said: nothing more is asked of it.
                return Round::Exact;
            }
        };
        if let Some(missing) = lexicon.entry(value).by.iter().find(|one| !setting.at_hand.contains(one)) {
            let message = format!("「{}」按「{}」区分，这个数没有", text.value, lexicon.entry(*missing).name);
            let report = Diagnostic::error("cell", text.place, message, "不知道取哪一格");
            sink.push(report.help("舍入的维度要包含在这个数的 by 里"));
        }
        Round::Value(value)
    }

    pub(super) fn formula(
        self,
        setting: Setting<'_>,
        text: Located<String>,
        of: Type,
        sink: &mut Vec<Diagnostic>,
    ) -> Option<Formula> {
        // Where a member is wanted, its bare name is the formula.
        if let Type::Choice(set) = of {
            let (lexicon, name) = (setting.lexicon, text.value.trim());
            if let Some(at) = lexicon.member(set, name) {
                let span = Span::new(0, text.value.len());
                return Some(Formula { term: Term { kind: TermKind::Member(at), of, span }, text });
            }
            let bare = name.chars().all(|c| c.is_alphanumeric() || c == '_');
            if bare && lexicon.find(setting.package, name).is_err() {
                let message = format!("「{name}」不是「{}」的选项", lexicon.entry(set).name);
                let report = Diagnostic::error("cell", text.place, message, "应为一个选项");
                let names: Vec<&str> = lexicon.members(set).iter().map(|member| member.name.as_str()).collect();
                sink.push(report.suggest(name, names.iter().copied(), &format!("可选：{}", names.join("、"))));
                return None;
            }
        }
        let term = elaborate(setting, &text, sink)?;
        let fits = match (term.of, of) {
            (Type::Zero, Type::Number(_)) => true,
            (Type::Number(x), Type::Number(y)) => x.same_dimension(&y),
            (x, y) => x == y,
        };
        if !fits {
            let place = self.sources.inside(&text, term.span);
            let wanted = if of == Type::Boolean { "条件（是或否）".to_owned() } else { of.to_string() };
            let message = format!("公式得出{}，这里要{wanted}", term.of);
            let report = Diagnostic::error("unit", place, message, format!("应为{wanted}"));
            sink.push(match (term.of, of) {
                (Type::Number(x), Type::Number(y)) => report.help(bridge("公式", x, y)),
                _ => report,
            });
        }
        Some(Formula { text, term })
    }

    pub(super) fn finding(
        self,
        package: PackageId,
        id: &Located<String>,
        row: Row<'_>,
        lexicon: &Lexicon,
        sink: &mut Vec<Diagnostic>,
    ) -> Option<Finding> {
        if !is_plain(&id.value) {
            sink.push(not_an_id(id));
        }
        let by: Vec<EntryId> = row
            .texts("by")
            .unwrap_or_default()
            .iter()
            .filter_map(|name| self.find_dimension(lexicon, package, name, sink))
            .collect();
        let setting = Setting { sources: self.sources, lexicon, package, at_hand: &by };
        let when = row.text("when").and_then(|text| self.formula(setting, text, Type::Boolean, sink));
        let message = row.text("message").map(|text| self.message(setting, &text, sink));
        let remedy = row.text("remedy").map(|text| self.message(setting, &text, sink));
        let cite = self.cite(row.text("cite"), None, sink);
        Some(Finding {
            id: id.value.clone(),
            severity: match row.string("severity")?.as_str() {
                "unlawful" => Gravity::Unlawful,
                "risk" => Gravity::Risk,
                _ => Gravity::Note,
            },
            when: when?,
            message: message?,
            remedy,
            cite,
            by,
            place: id.place,
        })
    }

    /// A sentence with names in braces; `{地区}` is the place that answers for the package.
    pub(super) fn message(
        self,
        setting: Setting<'_>,
        text: &Located<String>,
        sink: &mut Vec<Diagnostic>,
    ) -> Vec<MessagePart> {
        let mut parts = Vec::new();
        let mut rest = text.value.as_str();
        while let Some((words, after)) = rest.split_once('{') {
            parts.push(MessagePart::Words(words.to_owned()));
            let start = text.value.len() - after.len();
            let Some((name, tail)) = after.split_once('}') else {
                let brace = self.sources.inside(text, Span::new(start - 1, start));
                let report = Diagnostic::error("message", brace, "「{」没有配对的「}」", "从这里起");
                sink.push(report.help("名称写在一对花括号里，例如 {最低工资标准}"));
                return parts;
            };
            if name == PLACE {
                parts.push(MessagePart::Region);
            } else {
                let place = self.sources.inside(text, Span::new(start, start + name.len()));
                let name = Located { value: name.to_owned(), place };
                parts.extend(elaborate(setting, &name, sink).map(MessagePart::Value));
            }
            rest = tail;
        }
        parts.push(MessagePart::Words(rest.to_owned()));
        parts
    }
}
