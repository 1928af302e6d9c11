//! What each entry holds, what a package binds and finds, and its examples.

use super::{Declared, Reader};
use crate::{
    quantity::Exact,
    rulebook::{
        book::Bodies,
        diagnostic::Diagnostic,
        example::read_examples,
        given,
        lexicon::Lexicon,
        model::{Aggregate, Body, Carried, EntryId, Fact, Given, Package, PackageId, Sort, Type, Window},
        row::Row,
        source::Located,
    },
};

impl Reader<'_> {
    pub(super) fn bodies(
        self,
        rows: &[Row<'_>],
        declared: &[Declared<'_>],
        lexicon: &Lexicon,
        packages: &mut [Package],
        sink: &mut Vec<Diagnostic>,
    ) -> Bodies {
        let mut bodies = Bodies::default();
        for (at, one) in declared.iter().enumerate() {
            bodies.entries.push(self.body(EntryId(at), one, lexicon, sink));
        }
        for (at, row) in rows.iter().enumerate() {
            let package = PackageId(at);
            packages[at].binds = self.binds(package, *row, lexicon, sink);
            packages[at].findings = row
                .rows("finding")
                .into_iter()
                .filter_map(|(id, row)| self.finding(package, &id, row, lexicon, sink))
                .collect();
            packages[at].questions = row
                .rows("question")
                .into_iter()
                .filter_map(|(id, row)| self.question(package, &id, row, lexicon, sink))
                .collect();
            packages[at].consequences = row
                .rows("consequence")
                .into_iter()
                .filter_map(|(id, row)| self.consequence(package, &id, row, lexicon, sink))
                .collect();
            bodies.supplies.push(self.supplies(Some(package), *row, lexicon, sink));
            bodies.examples.extend(read_examples(self.regions, lexicon, Some(package), *row, None, sink));
        }
        bodies
    }

    fn body(self, entry: EntryId, one: &Declared<'_>, lexicon: &Lexicon, sink: &mut Vec<Diagnostic>) -> Body {
        let row = one.row;
        let head = lexicon.entry(entry);
        match one.sort {
            Sort::Dimension => {
                if head.members.is_empty() {
                    let message = format!("维度「{}」没有成员", head.name);
                    let report = Diagnostic::error("cell", row.place_of("members"), message, "至少一个成员");
                    sink.push(report.help("例如 members = { pension = \"基本养老保险\" }"));
                }
                Body::Dimension
            }
            Sort::Fact => Body::Fact(fact(entry, row, lexicon, sink)),
            Sort::Carried => Body::Carried(self.carried(entry, one, lexicon, sink)),
            Sort::Scale => Body::Scale(self.timeline(head.of, row, lexicon, sink)),
            Sort::Value => match (row.has("by"), row.tables("dated").is_empty()) {
                (true, dated_is_empty) => {
                    if !dated_is_empty {
                        let message = format!("「{}」按维度区分，值不写在这里", head.name);
                        let report = Diagnostic::error("supply", row.place_of("dated"), message, "这些值没有人读");
                        sink.push(report.help("每一格写一个 [[supply]]，dated 写在那里"));
                    }
                    if head.by.is_empty() && !head.by_region {
                        let report = Diagnostic::error("cell", row.place_of("by"), "by 没有写任何维度", "这里");
                        sink.push(report.help("写上维度，例如 by = [\"region\"]；全国统一的值删去 by，写 dated"));
                    }
                    Body::Supplied
                }
                (false, _) => {
                    if !row.has("dated") {
                        let message = format!("「{}」没有任何版本", head.name);
                        let report = Diagnostic::error("missing-key", head.place, message, "这个值");
                        sink.push(
                            report.help("写 dated = [{ from = … }]；因地或因项目而异的写 by，由 [[supply]] 给出"),
                        );
                    }
                    Body::Value(self.timeline(head.of, row, lexicon, sink))
                }
            },
            Sort::Figure => Body::Figure(self.figure(one.package, entry, row, lexicon, sink)),
        }
    }

    /// The facts of other packages that this one computes.
    fn binds(
        self,
        package: PackageId,
        row: Row<'_>,
        lexicon: &Lexicon,
        sink: &mut Vec<Diagnostic>,
    ) -> Vec<(EntryId, EntryId)> {
        let mut binds = Vec::new();
        for (fact, giver) in row.pairs("bind") {
            let bound = self.find_bound(package, lexicon, &fact, sink);
            let (Some(bound), Some(given)) = (bound, self.find(lexicon, package, &giver, sink)) else { continue };
            let (wanted, gives) = (lexicon.entry(bound), lexicon.entry(given));
            let fits = match (gives.of, wanted.of) {
                (Type::Number(x), Type::Number(y)) => x.same_dimension(&y),
                (x, y) => x == y,
            };
            if !matches!(gives.sort, Sort::Figure | Sort::Value) {
                let message = format!("「{}」是{}，不能给别的包的事实", gives.name, gives.sort.name());
                sink.push(Diagnostic::error("bind", giver.place, message, "应为 [figure.…] 或 [value.…]"));
            } else if !fits {
                let message = format!("「{}」是{}，不能给「{}」", gives.name, gives.of, wanted.name);
                let report = Diagnostic::error("unit", giver.place, message, format!("应为{}", wanted.of));
                sink.push(report.with(fact.place, format!("这里要{}", wanted.of)));
            } else if gives.by != wanted.by {
                let names = |by: &[EntryId]| match by {
                    [] => "不按维度区分".to_owned(),
                    by => {
                        let names: Vec<&str> = by.iter().map(|one| lexicon.entry(*one).name.as_str()).collect();
                        format!("按{}区分", names.join("、"))
                    }
                };
                let message =
                    format!("「{}」{}，「{}」{}", gives.name, names(&gives.by), wanted.name, names(&wanted.by));
                let report = Diagnostic::error("cell", giver.place, message, "两者的 by 要相同");
                sink.push(report.with(wanted.place, "这个事实"));
            } else {
                binds.push((bound, given));
            }
        }
        binds
    }

    fn find_bound(
        self,
        package: PackageId,
        lexicon: &Lexicon,
        name: &Located<String>,
        sink: &mut Vec<Diagnostic>,
    ) -> Option<EntryId> {
        let foreign_fact =
            |entry: EntryId| lexicon.entry(entry).sort == Sort::Fact && lexicon.entry(entry).package != package;
        let found = lexicon.by_full_id.get(&name.value).copied().filter(|entry| foreign_fact(*entry));
        if found.is_none() {
            let message = format!("「{}」不是别的包的事实", name.value);
            let report = Diagnostic::error("unknown-name", name.place, message, "应为别的包的 [fact.…] 的全称");
            let facts = lexicon.by_full_id.iter().filter(|(_, entry)| foreign_fact(**entry));
            sink.push(report.suggest(
                &name.value,
                facts.map(|(id, _)| id.as_str()),
                "bind 只能给别的包的事实，写全称，例如 \"tax.wages.months\"",
            ));
        }
        found
    }

    fn carried(self, entry: EntryId, one: &Declared<'_>, lexicon: &Lexicon, sink: &mut Vec<Diagnostic>) -> Carried {
        let row = one.row;
        // A name that means nothing was reported when types were given; the entry itself then stands in.
        let figure = row.text("of").and_then(|of| lexicon.find(one.package, &of.value).ok()).unwrap_or(entry);
        let word = |key: &str| row.string(key).unwrap_or_default();
        Carried {
            figure,
            over: match word("over").as_str() {
                "12-months" => Window::TwelveMonths,
                "run-of-months" => Window::RunOfMonths,
                "month" => Window::Month,
                "project-month" => Window::ProjectMonth,
                _ => Window::TaxYear,
            },
            aggregate: match word("agg").as_str() {
                "average" => Aggregate::Average,
                "first" => Aggregate::First,
                "last" => Aggregate::Last,
                "count" => Aggregate::Count,
                _ => Aggregate::Sum,
            },
            default: default(entry, row, lexicon, sink).map(|(given, _)| given),
        }
    }
}

/// What an entry is when left out.
fn default(
    entry: EntryId,
    row: Row<'_>,
    lexicon: &Lexicon,
    sink: &mut Vec<Diagnostic>,
) -> Option<(Given, Located<String>)> {
    let text = row.text("default")?;
    match given::parse(lexicon, entry, &text.value) {
        Ok(given) => Some((given, text)),
        Err(error) => {
            let expected = format!("应为{}", lexicon.entry(entry).of);
            sink.push(Diagnostic::error("form", text.place, format!("默认值写错了：{error}"), expected));
            None
        }
    }
}

fn fact(entry: EntryId, row: Row<'_>, lexicon: &Lexicon, sink: &mut Vec<Diagnostic>) -> Fact {
    let own = match lexicon.entry(entry).of {
        Type::Number(unit) => Some(unit.default_decimals()),
        of => {
            for key in ["range", "decimals"].into_iter().filter(|key| row.has(key)) {
                let message = format!("{of}没有 {key}");
                sink.push(Diagnostic::error("form", row.place_of(key), message, "只有数才可以").help("删去它"));
            }
            None
        }
    };
    let decimals = row.text("decimals").map_or(own, |text| {
        text.value.parse().ok().or_else(|| {
            let message = format!("「{}」不是小数位数", text.value);
            sink.push(Diagnostic::error("form", text.place, message, "应为整数").help("例如 decimals = \"2\""));
            own
        })
    });
    let fact = Fact { range: range(row, sink), default: None, decimals: decimals.unwrap_or(0) };
    let Some((default, text)) = default(entry, row, lexicon, sink) else { return fact };
    if let Given::Number(number) = default {
        let (low, high) = fact.range;
        if low.is_some_and(|low| number < low) || high.is_some_and(|high| number > high) {
            let report = Diagnostic::error("form", text.place, "默认值不在范围之内", "默认值");
            sink.push(report.with(row.place_of("range"), "范围").help("改默认值，或放宽 range"));
        }
        if number.to_decimal().is_none_or(|value| value.normalize().scale() > fact.decimals) {
            let message = format!("默认值的小数超过 {} 位", fact.decimals);
            sink.push(Diagnostic::error("form", text.place, message, "默认值").help("改默认值，或写 decimals"));
        }
    }
    Fact { default: Some(default), ..fact }
}

/// The two ends of a range, both inclusive.
fn range(row: Row<'_>, sink: &mut Vec<Diagnostic>) -> (Option<Exact>, Option<Exact>) {
    let Some(text) = row.text("range") else { return (None, None) };
    let end = |side: &str| match side.trim() {
        "" => Ok(None),
        side => Exact::parse(side).map(Some).map_err(|_| ()),
    };
    let ends = text.value.split_once("..=").ok_or(()).and_then(|(low, high)| Ok((end(low)?, end(high)?)));
    let (message, expected) = match ends {
        Ok((Some(low), Some(high))) if low > high => ("范围的下端大于上端", "两端颠倒了"),
        Ok(ends) => return ends,
        Err(()) => ("这不是范围", "应为 下端..=上端"),
    };
    let report = Diagnostic::error("form", text.place, message, expected);
    sink.push(report.help("例如 \"1..=12\"；没有上端写 \"0..=\""));
    (None, None)
}
