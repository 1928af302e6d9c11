//! Two time axes: since when a version is in force, and when it could be known.

use super::{diagnostic::Diagnostic, source::Place};
use crate::quantity::{Exact, Rounding, Unit};
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use std::fmt;

/// How well a version is sourced, from best to worst.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Confidence {
    /// Read at source.
    Verified,
    /// In a secondary text that names the instrument.
    Named,
    /// In a secondary text that names none.
    Unnamed,
    /// Expert knowledge.
    Knowledge,
    /// Uncertain, derived or disputed.
    Uncertain,
}

impl Confidence {
    /// All of them, from best to worst.
    pub const ALL: [Self; 5] = [Self::Verified, Self::Named, Self::Unnamed, Self::Knowledge, Self::Uncertain];

    pub(super) fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|one| one.mark() == text)
    }

    /// `V`, `V*`, `W`, `K`, `U`.
    #[must_use]
    pub const fn mark(self) -> &'static str {
        match self {
            Self::Verified => "V",
            Self::Named => "V*",
            Self::Unnamed => "W",
            Self::Knowledge => "K",
            Self::Uncertain => "U",
        }
    }

    /// What the mark means, for people.
    #[must_use]
    pub const fn meaning(self) -> &'static str {
        match self {
            Self::Verified => "已核对原文",
            Self::Named => "转引自写明文号的资料",
            Self::Unnamed => "转引自未写文号的资料",
            Self::Knowledge => "专业常识，未复核",
            Self::Uncertain => "不确定或有争议",
        }
    }
}

/// A band of a progressive scale.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Band {
    /// The upper bound, inclusive; none for the last.
    pub to: Option<Exact>,
    /// The rate.
    pub rate: Exact,
    /// The quick deduction, in yuan.
    pub quick: Exact,
}

/// What the law fixes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Literal {
    /// A number of the value's unit.
    Number(Exact),
    /// Yes or no.
    Boolean(bool),
    /// A date.
    Date(NaiveDate),
    /// How to round.
    Rounding(Rounding),
    /// A member of the value's dimension.
    Member(usize),
    /// The bands of a scale.
    Bands(Vec<Band>),
}

impl fmt::Display for Literal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Number(value) => write!(f, "{value}"),
            Self::Boolean(value) => f.write_str(if *value { "是" } else { "否" }),
            Self::Date(value) => write!(f, "{value}"),
            Self::Rounding(value) => write!(f, "{value}"),
            Self::Member(at) => write!(f, "#{at}"),
            Self::Bands(bands) => {
                for (at, band) in bands.iter().enumerate() {
                    let to = band.to.map_or("以上".to_owned(), |to| format!("≤{to}"));
                    write!(f, "{}{to}:{}−{}", if at > 0 { " " } else { "" }, band.rate, band.quick)?;
                }
                Ok(())
            }
        }
    }
}

/// How many decimals a value of a unit may have: those of the unit, and two where it is counted whole, since the law
/// speaks of half months.
#[must_use]
pub(super) fn most_decimals(unit: Unit) -> u32 {
    unit.default_decimals().max(2)
}

/// One dated version of a value or scale.
#[derive(Debug, Clone)]
pub struct Version {
    /// Since when in force.
    pub from: NaiveDate,
    /// The first day on which it no longer is.
    pub until: Option<NaiveDate>,
    /// What it fixes.
    pub literal: Literal,
    /// Instrument and article.
    pub cite: String,
    /// Where it was read, when that is not the instrument.
    pub source: Option<String>,
    /// When it was published, where that is known.
    pub published: Option<NaiveDate>,
    /// When it was last held against the source.
    pub checked: NaiveDate,
    /// From this day results on it are provisional.
    pub review_by: Option<NaiveDate>,
    /// How well it is sourced.
    pub confidence: Confidence,
    /// For the reader.
    pub note: Option<String>,
    /// Whether it lies over the standing version.
    pub over: bool,
    /// Where it stands.
    pub place: Place,
}

impl Version {
    /// Since when it counts as known: its publication, or else its `from`.
    #[must_use]
    pub fn known_from(&self) -> NaiveDate {
        self.published.unwrap_or(self.from)
    }

    /// What is wrong between it and the next version in the order of a timeline, both standing or both temporary.
    fn conflict(&self, later: &Self) -> Option<Diagnostic> {
        let report =
            |code, message: String, label: &str| Diagnostic::error(code, later.place, message, label.to_owned());
        if self.from == later.from {
            let twice = self.known_from() == later.known_from();
            return twice.then(|| {
                let report = report("overlap", format!("自 {} 起有两个值", later.from), "第二个值");
                report
                    .with(self.place, "第一个值")
                    .help("同一起始日只能有一个值；后来公布的修订值写上 published，先公布的那个也写上")
            });
        }
        let until = self.until?;
        let report = if until > later.from {
            let message = format!("自 {} 起两个值重叠：前一个到 {until} 才失效", later.from);
            report("overlap", message, "与前一个值重叠").help("改前一个值的 until；被后一个值取代的，不写 until")
        } else if until < later.from && !self.over {
            let message = format!("{until} 至 {} 之间没有值", later.from);
            report("gap", message, "中断之后的值")
                .help("补上中间的值；until 是失效的第一天，连续时等于下一个 from，也可不写")
        } else {
            return None;
        };
        Some(report.with(self.place, format!("这个值到 {until} 为止")))
    }

    /// Whether it is in force on a day, if no later version stands in the way. Half-open.
    #[must_use]
    pub fn holds_on(&self, day: NaiveDate) -> bool {
        self.from <= day && self.until.is_none_or(|until| day < until)
    }
}

/// The versions of one cell, by `from`, then by publication.
#[derive(Debug, Clone, Default)]
pub struct Timeline {
    versions: Vec<Version>,
}

/// Why no version answers for a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Gap<'t> {
    /// The first version (or the first that was published by then) begins later.
    Before(&'t NaiveDate),
    /// The last version ended, and nothing followed.
    After(&'t NaiveDate),
    /// Nothing was published by then.
    Unpublished,
}

impl Timeline {
    /// The versions in order; reports what overlaps, and what is missing between them.
    pub(super) fn new(mut versions: Vec<Version>, sink: &mut Vec<Diagnostic>) -> Self {
        versions.sort_by_key(|version| (version.from, version.known_from()));
        for over in [false, true] {
            let line: Vec<&Version> = versions.iter().filter(|version| version.over == over).collect();
            for (earlier, later) in line.windows(2).filter_map(|pair| Some((*pair.first()?, *pair.get(1)?))) {
                sink.extend(earlier.conflict(later));
            }
        }
        // A temporary value is laid over something, which resumes.
        let standing = |day: NaiveDate| versions.iter().any(|version| !version.over && version.from <= day);
        for version in versions.iter().filter(|version| version.over && !standing(version.from)) {
            let message = format!("{} 时还没有常设的值，临时的值无所覆盖", version.from);
            let report = Diagnostic::error("dates", version.place, message, "临时的值从这里起");
            sink.push(report.help("先写常设的值；若它本身就是常设的，删去 over"));
        }
        Self { versions }
    }

    /// The versions in order.
    #[must_use]
    pub fn versions(&self) -> &[Version] {
        &self.versions
    }

    /// The version in force on a day, as far as it was published by `known_at` (everything, without it).
    ///
    /// # Errors
    /// No version answers: never a fall back to another day.
    pub fn on(&self, day: NaiveDate, known_at: Option<NaiveDate>) -> Result<&Version, Gap<'_>> {
        let known = || {
            let visible = move |version: &&Version| known_at.is_none_or(|at| version.known_from() <= at);
            self.versions.iter().filter(visible)
        };
        // The latest `from` wins, and of one `from` the latest publication: the order of the list.
        if let Some(laid_over) = known().rfind(|version| version.over && version.holds_on(day)) {
            return Ok(laid_over);
        }
        match known().rfind(|version| !version.over && version.from <= day) {
            Some(version) => match &version.until {
                Some(until) if *until <= day => Err(Gap::After(until)),
                _ => Ok(version),
            },
            None => known()
                .map(|version| &version.from)
                .min()
                .map_or(Err(Gap::Unpublished), |first| Err(Gap::Before(first))),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn version(from: &str, value: i64) -> Version {
        Version {
            from: day(from),
            until: None,
            literal: Literal::Number(Exact::from(value)),
            cite: String::new(),
            source: None,
            published: None,
            checked: day("2026-11-21"),
            review_by: None,
            confidence: Confidence::Verified,
            note: None,
            over: false,
            place: Place::default(),
        }
    }

    fn value(found: Result<&Version, Gap<'_>>) -> i64 {
        match found.map(|version| version.literal.clone()) {
            Ok(Literal::Number(value)) => value.to_string().parse().unwrap(),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_version_runs_until_the_next_on_both_sides_of_the_edge() {
        let mut sink = Vec::new();
        let line = Timeline::new(vec![version("2026-07-01", 2), version("2025-07-01", 1)], &mut sink);
        assert!(sink.is_empty());
        assert_eq!(line.on(day("2025-06-30"), None).unwrap_err(), Gap::Before(&day("2025-07-01")));
        assert_eq!(value(line.on(day("2025-07-01"), None)), 1);
        assert_eq!(value(line.on(day("2026-06-30"), None)), 1);
        assert_eq!(value(line.on(day("2026-07-01"), None)), 2);
    }

    #[test]
    fn what_was_not_yet_published_is_not_seen() {
        let late = Version { published: Some(day("2026-08-21")), ..version("2026-07-01", 2) };
        let line = Timeline::new(vec![version("2025-07-01", 1), late], &mut Vec::new());
        let august = day("2026-08-15");
        assert_eq!(value(line.on(august, Some(day("2026-08-20")))), 1);
        assert_eq!(value(line.on(august, Some(day("2026-08-21")))), 2);
        assert_eq!(line.on(august, Some(day("2025-06-30"))).unwrap_err(), Gap::Unpublished);
    }

    #[test]
    fn a_later_publication_supersedes_the_same_start() {
        let provisional = Version { published: Some(day("2026-06-20")), ..version("2026-07-01", 1) };
        let settled = Version { published: Some(day("2026-08-18")), ..version("2026-07-01", 2) };
        let mut sink = Vec::new();
        let line = Timeline::new(vec![settled, provisional], &mut sink);
        assert!(sink.is_empty());
        assert_eq!(value(line.on(day("2026-07-31"), Some(day("2026-07-31")))), 1);
        assert_eq!(value(line.on(day("2026-07-31"), None)), 2);
    }

    #[test]
    fn an_end_is_an_end_and_a_temporary_value_lets_the_standing_one_resume() {
        let ended = Version { until: Some(day("2026-01-01")), ..version("2025-01-01", 1) };
        let line = Timeline::new(vec![ended], &mut Vec::new());
        assert_eq!(value(line.on(day("2025-12-31"), None)), 1);
        assert_eq!(line.on(day("2026-01-01"), None).unwrap_err(), Gap::After(&day("2026-01-01")));

        let relief = Version { until: Some(day("2020-07-01")), over: true, ..version("2020-02-01", 0) };
        let line = Timeline::new(vec![version("2019-05-01", 16), relief], &mut Vec::new());
        for (on, expected) in [("2020-01-31", 16), ("2020-02-01", 0), ("2020-06-30", 0), ("2020-07-01", 16)] {
            assert_eq!(value(line.on(day(on), None)), expected, "{on}");
        }
    }

    proptest! {
        /// Whatever was published when: on a day the latest start that was known by then answers, and of one start
        /// the latest publication.
        #[test]
        fn a_day_is_answered_as_by_hand(
            rows in prop::collection::vec((0u64..8, prop::option::of(0u64..12)), 1..6),
            on in 0u64..12,
            known_at in prop::option::of(0u64..14),
        ) {
            let day = |at: u64| self::day("2026-01-01").checked_add_days(chrono::Days::new(at)).unwrap();
            let versions: Vec<Version> = rows
                .iter()
                .enumerate()
                .map(|(at, (from, published))| Version {
                    from: day(*from),
                    published: published.map(day),
                    ..version("2026-01-01", i64::try_from(at).unwrap())
                })
                .collect();
            let mut sink = Vec::new();
            let line = Timeline::new(versions, &mut sink);
            let mut starts: Vec<(u64, u64)> =
                rows.iter().map(|(from, published)| (*from, published.unwrap_or(*from))).collect();
            starts.sort_unstable();
            let doubled = starts.windows(2).any(|pair| pair[0] == pair[1]);
            prop_assert_eq!(doubled, !sink.is_empty());
            if doubled {
                return Ok(());
            }
            let known = |known_from: u64| known_at.is_none_or(|at| known_from <= at);
            let wanted = rows
                .iter()
                .enumerate()
                .map(|(at, (from, published))| (*from, published.unwrap_or(*from), at))
                .filter(|(from, known_from, _)| *from <= on && known(*known_from))
                .max();
            match (line.on(day(on), known_at.map(day)), wanted) {
                (Ok(found), Some((.., at))) => prop_assert_eq!(&found.literal, &Literal::Number(Exact::from(i64::try_from(at).unwrap()))),
                (Err(Gap::Unpublished), None) => prop_assert!(!starts.iter().any(|(_, known_from)| known(*known_from))),
                (Err(Gap::Before(first)), None) => prop_assert!(*first > day(on)),
                (found, wanted) => prop_assert!(false, "{:?} {:?}", found.map(|one| &one.literal), wanted),
            }
        }
    }

    #[test]
    fn overlaps_and_gaps_are_reported() {
        let codes = |versions: Vec<Version>| {
            let mut sink = Vec::new();
            Timeline::new(versions, &mut sink);
            sink.into_iter().map(|one| one.code).collect::<Vec<_>>()
        };
        assert_eq!(codes(vec![version("2026-01-01", 1), version("2026-01-01", 2)]), ["overlap"]);
        let until = |day_: &str| Version { until: Some(day(day_)), ..version("2025-01-01", 1) };
        assert_eq!(codes(vec![until("2025-12-31"), version("2026-01-01", 2)]), ["gap"]);
        assert_eq!(codes(vec![until("2026-01-02"), version("2026-01-01", 2)]), ["overlap"]);
        assert_eq!(codes(vec![until("2026-01-01"), version("2026-01-01", 2)]), Vec::<&str>::new());
        // Of one start the later publication supersedes, whatever either says of its end.
        let revised = Version { published: Some(day("2025-03-01")), ..until("2026-01-01") };
        assert_eq!(codes(vec![until("2026-01-01"), revised]), Vec::<&str>::new());
        let over = |from: &str, end: &str| Version { over: true, until: Some(day(end)), ..version(from, 0) };
        let standing = version("2020-01-01", 1);
        assert_eq!(
            codes(vec![standing.clone(), over("2020-02-01", "2020-05-01"), over("2020-07-01", "2020-08-01")]),
            Vec::<&str>::new()
        );
        assert_eq!(
            codes(vec![standing.clone(), over("2020-02-01", "2020-05-02"), over("2020-05-01", "2020-08-01")]),
            ["overlap"]
        );
        assert_eq!(codes(vec![standing.clone(), over("2020-01-01", "2020-05-01")]), Vec::<&str>::new());
        assert_eq!(codes(vec![standing, over("2019-12-31", "2020-05-01")]), ["dates"]);
    }
}
