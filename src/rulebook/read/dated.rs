//! Dated versions: what they fix, since when, and who says so.

use super::{INSTRUMENTS_FILE, Reader};
use crate::{
    quantity::{Exact, Rounding},
    rulebook::{
        dated::{Band, Confidence, Literal, Timeline, Version, most_decimals},
        diagnostic::Diagnostic,
        given,
        instrument::UNKNOWN,
        lexicon::Lexicon,
        model::Type,
        row::Row,
        source::{Located, Place},
    },
};

impl Reader<'_> {
    /// Reports what a citation names that no register knows; where it is unknown, a source must be named.
    pub(super) fn cite(
        self,
        cite: Option<Located<String>>,
        source: Option<&str>,
        sink: &mut Vec<Diagnostic>,
    ) -> Option<String> {
        let cite = cite?;
        for unknown in self.instruments.uncited(&cite.value) {
            let message = format!("「{unknown}」没有登记");
            let report = Diagnostic::error("instrument", cite.place, message, "引用的文件应先登记");
            let otherwise = format!("在 {INSTRUMENTS_FILE} 里登记；引用写作「文件 空格 条款」，两处引用用「；」分开");
            let name = unknown.split_once(' ').map_or(unknown, |(name, _)| name);
            sink.push(report.suggest(name, self.instruments.names(), &otherwise));
        }
        let nowhere = source.is_none_or(|source| source.trim().is_empty());
        if cite.value.trim().is_empty() || (cite.value == UNKNOWN && nowhere) {
            sink.push(no_source(cite.place));
        }
        Some(cite.value)
    }

    pub(super) fn timeline(self, of: Type, row: Row<'_>, lexicon: &Lexicon, sink: &mut Vec<Diagnostic>) -> Timeline {
        if row.has("dated") && row.tables("dated").is_empty() {
            let report = Diagnostic::error("missing-key", row.place_of("dated"), "一个版本也没有", "空的");
            sink.push(report.help("写 dated = [{ from = … }]；确实没有这一项，用 supply 的 none"));
        }
        let versions = row.tables("dated").into_iter().filter_map(|row| self.version(of, row, lexicon, sink)).collect();
        Timeline::new(versions, sink)
    }

    fn version(self, of: Type, row: Row<'_>, lexicon: &Lexicon, sink: &mut Vec<Diagnostic>) -> Option<Version> {
        let source = row.string("source");
        let cite = self.cite(row.text("cite"), source.as_deref(), sink);
        let literal = match of {
            Type::Scale(_) => Some(Literal::Bands(bands(row, sink))),
            _ => row.text("value").and_then(|text| literal(of, &text, lexicon, sink)),
        };
        let (from, until, over) = (row.date("from"), row.date("until"), row.flag("over"));
        if let (Some(from), Some(end)) = (from, until)
            && end <= from
        {
            let message = format!("到 {end} 为止，却从 {from} 才开始：这个值从未有效");
            let report = Diagnostic::error("dates", row.place_of("until"), message, "应晚于 from");
            sink.push(report.with(row.place_of("from"), "开始").help("until 是失效的第一天，不是最后一天"));
        }
        if over && until.is_none() {
            let message = "临时的值（over = true）没有写明到何时为止";
            let report = Diagnostic::error("dates", row.place_of("over"), message, "临时的值要有期限");
            sink.push(report.help("写上 until = 失效的第一天；若不是临时的，删去 over"));
        }
        Some(Version {
            from: from?,
            until,
            literal: literal?,
            cite: cite?,
            source,
            published: row.date("published"),
            checked: row.date("checked")?,
            review_by: row.date("review_by"),
            confidence: row.string("confidence").and_then(|mark| Confidence::parse(&mark))?,
            note: row.string("note"),
            over,
            place: row.place_of("from"),
        })
    }
}

/// That something is said on nobody's authority.
pub(super) fn no_source(place: Place) -> Diagnostic {
    let report = Diagnostic::error("no-source", place, "既没有文件，也没有来源", "依据是什么");
    report.help("写 cite = \"文件 条款\"；文号不明时写 cite = \"unknown\"，并用 source 写明从哪里读到")
}

fn literal(of: Type, text: &Located<String>, lexicon: &Lexicon, sink: &mut Vec<Diagnostic>) -> Option<Literal> {
    let read = match of {
        Type::Rounding => Rounding::parse(&text.value).map(Literal::Rounding).map_err(|error| error.to_string()),
        _ => given::parse_typed(lexicon, of, &text.value).and_then(|given| given::literal(&given)),
    };
    let literal = match read {
        Ok(literal) => literal,
        Err(error) => {
            sink.push(Diagnostic::error("form", text.place, error, format!("应为{of}")));
            return None;
        }
    };
    if let (Literal::Number(value), Type::Number(unit)) = (&literal, of)
        && value.to_decimal().is_none_or(|value| value.normalize().scale() > most_decimals(unit))
    {
        let message = format!("「{}」的小数超过 {} 位", text.value, most_decimals(unit));
        sink.push(Diagnostic::error("form", text.place, message, format!("{of}最多 {} 位", most_decimals(unit))));
    }
    Some(literal)
}

/// The bands of a scale: ascending, and continuous where one ends and the next begins.
fn bands(row: Row<'_>, sink: &mut Vec<Diagnostic>) -> Vec<Band> {
    let mut bands: Vec<Band> = Vec::new();
    let rows = row.tables("bands");
    let count = rows.len();
    for (at, row) in rows.into_iter().enumerate() {
        let mut number = |key: &str| {
            let text = row.text(key)?;
            let read = Exact::parse(&text.value);
            read.map_err(|error| sink.push(Diagnostic::error("form", text.place, error.to_string(), "应为数"))).ok()
        };
        let (to, rate, quick) = (number("to"), number("rate"), number("quick"));
        let (Some(rate), Some(quick)) = (rate, quick) else { continue };
        let last = at + 1 == count;
        if row.has("to") == last {
            let (message, label, help) = if last {
                ("最后一级不应有上限", "多余", "删去 to：超过前一级上限的都属于最后一级")
            } else {
                ("只有最后一级可以没有上限", "缺少 to", "写上 to；上限本身属于这一级")
            };
            sink.push(Diagnostic::error("bands", row.place_of("to"), message, label).help(help));
        }
        if let Some(previous) = bands.last() {
            if let (Some(low), Some(high)) = (previous.to, to)
                && high <= low
            {
                let message = format!("上限没有递增：前一级到 {low}，这一级到 {high}");
                let report = Diagnostic::error("bands", row.place_of("to"), message, format!("应大于 {low}"));
                sink.push(report.help("各级从低到高写"));
            }
            let quick_place = row.place_of("quick");
            sink.extend(joint(previous, Band { to, rate, quick }, quick_place));
        }
        bands.push(Band { to, rate, quick });
    }
    if bands.is_empty() {
        sink.push(Diagnostic::error("bands", row.place_of("bands"), "税率表没有级次", "至少一级"));
    }
    bands
}

/// Two bands must give the same at the bound where they meet: low × r₁ − q₁ = low × r₂ − q₂.
fn joint(below: &Band, above: Band, quick: Place) -> Option<Diagnostic> {
    let low = below.to?;
    let tax = |band: &Band| low.mul(band.rate).ok()?.sub(band.quick).ok();
    let (ends, begins) = (tax(below)?, tax(&above)?);
    if ends == begins {
        return None;
    }
    let message = format!("速算扣除数与前一级不衔接：在 {low} 处，前一级得 {ends}，这一级得 {begins}");
    let fitting = low.mul(above.rate).ok()?.sub(ends).ok()?;
    let report = Diagnostic::error("bands", quick, message, format!("应为 {fitting}"));
    Some(report.help("速算扣除数 = 前一级上限 ×（本级税率 − 前一级税率）+ 前一级速算扣除数；也可能是上限或税率写错了"))
}
