//! What a rule file may hold, said once: the reading check and the JSON Schema are both made from it. Files of people
//! (a tender) say their own shape in the same words.

/// What stands behind a key.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Form {
    /// Text of any content.
    Text,
    /// A number, as text or bare: files of people only. It is read from its characters and passes through no float.
    Number,
    /// One of these words.
    OneOf(&'static [&'static str]),
    /// A TOML date without time.
    Date,
    /// A list of such dates.
    Dates,
    /// `true` or `false`.
    Flag,
    /// A list of texts.
    Texts,
    /// One text, or a list of them.
    TextOrTexts,
    /// Keys of the author's choice, each with a text.
    TextMap,
    /// Keys of the author's choice, each with a text or a list of texts.
    TextsMap,
    /// A table with known keys.
    Table(&'static Shape),
    /// A list of such tables.
    Tables(&'static Shape),
    /// Keys of the author's choice (ids), each with such a table.
    TableMap(&'static Shape),
}

impl Form {
    /// How a key with this form is written, for people who left it out.
    pub(crate) fn written(&self, key: &str) -> String {
        match self {
            Self::Text | Self::TextOrTexts => format!(" {key} = \"…\""),
            Self::Number => format!(" {key} = \"5000\""),
            Self::OneOf(words) => format!(" {key} = \"{}\"，可选：{}", words[0], words.join("、")),
            Self::Date => format!(" {key} = 2026-07-01 这样的日期"),
            Self::Dates => format!(" {key} = [2026-10-01]"),
            Self::Flag => format!(" {key} = true"),
            Self::Texts => format!(" {key} = [\"…\"]"),
            Self::TextMap | Self::TextsMap => format!(" {key} = {{ … = \"…\" }}"),
            Self::Table(_) => format!("一节 [{key}]"),
            Self::Tables(_) => format!(" {key} = [{{ … }}]"),
            Self::TableMap(_) => format!("一节 [{key}.…]"),
        }
    }
}

/// A key that a table may have.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Key {
    pub(crate) name: &'static str,
    pub(crate) form: Form,
    pub(crate) required: bool,
    pub(crate) doc: &'static str,
}

/// The keys of a table.
#[derive(Debug)]
pub(crate) struct Shape {
    /// Its name in the JSON Schema.
    pub(crate) name: &'static str,
    pub(crate) keys: &'static [Key],
    /// Whether any other key may stand there, and with what (the dimensions of a supply).
    pub(crate) others: Option<Form>,
}

pub(crate) const fn must(name: &'static str, form: Form, doc: &'static str) -> Key {
    Key { name, form, required: true, doc }
}

pub(crate) const fn may(name: &'static str, form: Form, doc: &'static str) -> Key {
    Key { name, form, required: false, doc }
}

const CITE: Key = may("cite", Form::Text, "instrument and article, joined by ；, or \"unknown\" with a source");
pub(super) const CONFIDENCES: Form = Form::OneOf(&["V", "V*", "W", "K", "U"]);

static BAND: Shape = Shape {
    name: "band",
    keys: &[
        may("to", Form::Text, "the upper bound, which belongs to the band; the last band has none"),
        must("rate", Form::Text, "the rate of the band"),
        must("quick", Form::Text, "the quick deduction of the band"),
    ],
    others: None,
};

/// The keys that every dated version has, whatever it holds.
macro_rules! version_keys {
    ($($own:expr),*) => {
        &[
            must("from", Form::Date, "since when in force"),
            may("until", Form::Date, "the first day on which it no longer is, where the instrument itself ends it"),
            $($own,)*
            must("cite", Form::Text, "instrument and article, joined by ；, or \"unknown\" with a source"),
            may("source", Form::Text, "where it was read, when that is not the instrument"),
            may("published", Form::Date, "when it could be known; absent: from its `from`"),
            must("checked", Form::Date, "when it was last held against the source"),
            may("review_by", Form::Date, "from this day results on it are provisional"),
            must("confidence", CONFIDENCES, "V, V*, W, K or U"),
            may("note", Form::Text, "for the reader: the other reading, what is not verified"),
            may("over", Form::Flag, "a temporary value laid over the standing one"),
        ]
    };
}

static VERSION: Shape =
    Shape { name: "version", keys: version_keys!(must("value", Form::Text, "the value, as text")), others: None };

static SCALE_VERSION: Shape = Shape {
    name: "scale_version",
    keys: version_keys!(must("bands", Form::Tables(&BAND), "the bands in ascending order")),
    others: None,
};

static FACT: Shape = Shape {
    name: "fact",
    keys: &[
        must("name", Form::Text, "the law's term"),
        may("unit", Form::Text, "元, 元/月, %, 月, …; 是否, 日期"),
        may("choices", Form::TextMap, "id = \"name\": one of these"),
        may("dimension", Form::Text, "one of the members of this dimension"),
        may("range", Form::Text, "lo..=hi, either end may be left out"),
        may("default", Form::Text, "what it is when left out; 无: there is none"),
        may("by", Form::Texts, "the dimensions it is given for"),
        may("decimals", Form::Text, "how many decimals a value may have"),
        may("note", Form::Text, "for the reader"),
    ],
    others: None,
};

static CARRIED: Shape = Shape {
    name: "carried",
    keys: &[
        must("name", Form::Text, "the law's term"),
        must("of", Form::Text, "the figure that is carried"),
        must(
            "over",
            Form::OneOf(&["tax-year", "12-months", "run-of-months", "month", "project-month"]),
            "which earlier slips count",
        ),
        must("agg", Form::OneOf(&["sum", "average", "first", "last", "count"]), "what is made of them"),
        may("default", Form::Text, "what it is when there is no earlier slip"),
        may("note", Form::Text, "for the reader"),
    ],
    others: None,
};

static VALUE: Shape = Shape {
    name: "value",
    keys: &[
        must("name", Form::Text, "the law's term"),
        may("unit", Form::Text, "元, 元/月, %, …; 是否, 日期, 舍入"),
        may("dimension", Form::Text, "the value is a member of this dimension"),
        may("by", Form::Texts, "region and dimensions; its versions are then supplied"),
        may("inherits", Form::Flag, "false: a place without a value of its own has none, whatever is around it"),
        may("dated", Form::Tables(&VERSION), "its versions, where it has no dimension"),
        may("note", Form::Text, "for the reader"),
    ],
    others: None,
};

static SCALE: Shape = Shape {
    name: "scale",
    keys: &[
        must("name", Form::Text, "the law's term"),
        may("unit", Form::Text, "the unit of the bounds; 元 without it"),
        must("dated", Form::Tables(&SCALE_VERSION), "its versions"),
        may("note", Form::Text, "for the reader"),
    ],
    others: None,
};

static CASE: Shape = Shape {
    name: "case",
    keys: &[
        may("when", Form::Text, "the condition"),
        may("otherwise", Form::Flag, "when none of the others holds"),
        must("formula", Form::Text, "what it is then"),
        CITE,
    ],
    others: None,
};

static TEST: Shape = Shape {
    name: "test",
    keys: &[
        must("name", Form::Text, "what is tested"),
        may("when", Form::Text, "the condition"),
        may("otherwise", Form::Flag, "when none of those before holds"),
        must("gives", Form::Text, "what it is then"),
        must("cite", Form::Text, "instrument and article, joined by ；"),
        must("confidence", CONFIDENCES, "V, V*, W, K or U"),
        may("note", Form::Text, "for the reader"),
    ],
    others: None,
};

static FIGURE: Shape = Shape {
    name: "figure",
    keys: &[
        must("name", Form::Text, "the law's term"),
        may("unit", Form::Text, "the unit of the result; 是否 or 日期"),
        may("dimension", Form::Text, "the result is a member of this dimension"),
        may("by", Form::Texts, "the dimensions it is computed for"),
        may("formula", Form::Text, "how it follows"),
        may("cases", Form::Tables(&CASE), "how it follows, of which exactly one holds"),
        may("tests", Form::Tables(&TEST), "how it follows, of which the first that holds decides"),
        may("round", Form::Text, "\"half-up 0.01\", the name of a 舍入 value, or \"exact\""),
        CITE,
        may("note", Form::Text, "for the reader"),
    ],
    others: None,
};

static DIMENSION: Shape = Shape {
    name: "dimension",
    keys: &[
        must("name", Form::Text, "what its members are"),
        must("members", Form::TextMap, "id = \"name\", in the order in which they are shown"),
    ],
    others: None,
};

static FINDING: Shape = Shape {
    name: "finding",
    keys: &[
        must("when", Form::Text, "the condition"),
        must("severity", Form::OneOf(&["unlawful", "risk", "note"]), "how grave it is"),
        must("message", Form::Text, "the sentence; names in braces are filled in"),
        may("remedy", Form::Text, "what to do; names in braces are filled in"),
        CITE,
        may("by", Form::Texts, "the dimensions it is raised for"),
    ],
    others: None,
};

static SPEAKS: Shape = Shape {
    name: "speaks",
    keys: &[
        must("when", Form::Text, "the condition"),
        must("for", Form::Text, "what it speaks for: a member of the dimension that the tests decide"),
        CITE,
    ],
    others: None,
};

static QUESTION: Shape = Shape {
    name: "question",
    keys: &[
        must("asks", Form::Text, "the question, as one asks a person"),
        may(
            "of",
            Form::OneOf(&["facts", "terms", "engagement"]),
            "the table of the engagement it is answered in; engagement: above all tables",
        ),
        may("evidence", Form::Texts, "by what it is shown"),
        may("burden", Form::Text, "who must prove it"),
        may("presumed", Form::Text, "what it is taken to be while nobody says"),
        may("unless", Form::Text, "the sign that ends the presumption"),
        may("speaks", Form::Tables(&SPEAKS), "what its answers speak for"),
        may("tries", Form::Texts, "answers to try when it is asked what would change the result; [] tries none"),
        may("words", Form::TextsMap, "member = words: how free text is read"),
        may("stated", Form::Flag, "whatever is stated is a yes"),
        CITE,
        may("confidence", CONFIDENCES, "how sure the presumption is"),
        may("note", Form::Text, "for the reader"),
    ],
    others: None,
};

static CONSEQUENCE: Shape = Shape {
    name: "consequence",
    keys: &[
        must("topic", Form::Text, "what it is about: consequences of one topic stand together"),
        must("when", Form::Text, "the condition"),
        must("message", Form::Text, "the sentence; names in braces are filled in"),
        must("cite", Form::Text, "instrument and article, joined by ；"),
    ],
    others: None,
};

pub(crate) static SUPPLY: Shape = Shape {
    name: "supply",
    keys: &[
        must("value", Form::Text, "which value"),
        may("places", Form::Texts, "codes of places below this one that it is for; without it the place itself"),
        may("dated", Form::Tables(&VERSION), "its versions"),
        may("none", Form::Text, "there is none, and why"),
        may("unknown", Form::Text, "there is one that the book does not know, and why: places around do not answer"),
        CITE,
        may("source", Form::Text, "where `none` or `unknown` was read"),
        may("confidence", CONFIDENCES, "how sure `none` is"),
        may("note", Form::Text, "for the reader"),
    ],
    others: Some(Form::TextOrTexts),
};

static EXAMPLE: Shape = Shape {
    name: "example",
    keys: &[
        must("title", Form::Text, "what it shows"),
        must("source", Form::Text, "where it is from"),
        must("on", Form::Date, "the date of every clock"),
        may("known_at", Form::Date, "what was published by then"),
        may("region", Form::Text, "the place of every role"),
        must("given", Form::TextsMap, "fact = \"value\"; lists make a run of months"),
        may("expect", Form::TextsMap, "figure = \"value\""),
        may("refused", Form::TextMap, "figure = \"words of the coverage error\": the book does not answer"),
        may("findings", Form::Texts, "exactly these findings are raised"),
        may("note", Form::Text, "which reading was taken"),
    ],
    others: None,
};

static PACKAGE_HEAD: Shape = Shape {
    name: "package",
    keys: &[
        must("id", Form::Text, "its id"),
        must("title", Form::Text, "what it is about"),
        must("clock", Form::OneOf(&["payment", "period", "work", "signing"]), "which date picks the version"),
        may("place", Form::OneOf(&["insurance", "fund", "work", "host"]), "whose region answers for by = [\"region\"]"),
        may("uses", Form::Texts, "packages whose names are written without their id"),
        may("horizon", Form::Text, "how long past review_by a value still answers, in 月"),
        may("note", Form::Text, "for the reader"),
    ],
    others: None,
};

pub(crate) static PACKAGE: Shape = Shape {
    name: "package_file",
    keys: &[
        must("package", Form::Table(&PACKAGE_HEAD), "the package"),
        may("dimension", Form::TableMap(&DIMENSION), "things a rule is computed for, one by one"),
        may("fact", Form::TableMap(&FACT), "what the caller supplies"),
        may("carried", Form::TableMap(&CARRIED), "what comes from the ledger"),
        may("value", Form::TableMap(&VALUE), "what is fixed by law"),
        may("scale", Form::TableMap(&SCALE), "progressive scales"),
        may("figure", Form::TableMap(&FIGURE), "what follows"),
        may("bind", Form::TextMap, "facts of other packages that this one computes"),
        may("finding", Form::TableMap(&FINDING), "what is unlawful, risky or to be noted"),
        may("question", Form::TableMap(&QUESTION), "how facts are asked, and what their answers speak for"),
        may("consequence", Form::TableMap(&CONSEQUENCE), "what follows, in sentences"),
        may("supply", Form::Tables(&SUPPLY), "values of the whole nation"),
        may("example", Form::Tables(&EXAMPLE), "worked examples, run as tests"),
    ],
    others: None,
};

static REGION_HEAD: Shape = Shape {
    name: "region",
    keys: &[
        must("code", Form::Text, "its GB/T 2260 code"),
        must("name", Form::Text, "its name"),
        may("note", Form::Text, "for the reader"),
    ],
    others: None,
};

pub(crate) static REGION: Shape = Shape {
    name: "region_file",
    keys: &[
        must("region", Form::Table(&REGION_HEAD), "which place"),
        may("supply", Form::Tables(&SUPPLY), "its values"),
        may("example", Form::Tables(&EXAMPLE), "worked examples of the place, run as tests"),
    ],
    others: None,
};

pub(crate) static REGION_TREE: Shape =
    Shape { name: "region_tree", keys: &[must("region", Form::TextMap, "code = \"name\"")], others: None };

static INSTRUMENT: Shape = Shape {
    name: "instrument",
    keys: &[
        must("id", Form::Text, "what a citation begins with"),
        must("title", Form::Text, "its title"),
        must("issuer", Form::Text, "who issued it"),
        must(
            "rank",
            Form::OneOf(&[
                "法律",
                "行政法规",
                "部门规章",
                "规范性文件",
                "司法解释",
                "地方性法规",
                "地方政府规章",
                "地方规范性文件",
            ]),
            "its rank",
        ),
        may("issued", Form::Date, "when it was issued"),
        may("in_force", Form::Date, "since when in force"),
        may("repealed", Form::Date, "since when no longer in force"),
        may("replaced_by", Form::Text, "the id of its successor"),
        may("aliases", Form::Texts, "other names a citation may use"),
        may("note", Form::Text, "for the reader"),
    ],
    others: None,
};

pub(crate) static INSTRUMENTS: Shape = Shape {
    name: "instruments_file",
    keys: &[must("instrument", Form::Tables(&INSTRUMENT), "the register")],
    others: None,
};

static HOLIDAY: Shape = Shape {
    name: "holiday",
    keys: &[
        must("name", Form::Text, "its name"),
        may("statutory", Form::Dates, "its statutory days"),
        may("rest", Form::Dates, "weekdays that are free besides"),
        may("work", Form::Dates, "weekends that are worked for them"),
    ],
    others: None,
};

static YEAR: Shape = Shape {
    name: "year",
    keys: &[
        must("year", Form::Text, "the year, as text"),
        must("arranged", Form::Flag, "whether the State Council has arranged it"),
        must("cite", Form::Text, "instrument, or \"unknown\" with a source"),
        may("source", Form::Text, "where it was read"),
        may("published", Form::Date, "when it was published"),
        must("checked", Form::Date, "when it was last held against the source"),
        must("confidence", CONFIDENCES, "V, V*, W, K or U"),
        may("note", Form::Text, "for the reader"),
        must("holidays", Form::Tables(&HOLIDAY), "the holidays in order"),
    ],
    others: None,
};

pub(crate) static CALENDAR: Shape =
    Shape { name: "calendar_file", keys: &[must("year", Form::Tables(&YEAR), "the years in order")], others: None };

static AGREEMENT: Shape = Shape {
    name: "agreement",
    keys: &[
        must("name", Form::Text, "its title"),
        must("relations", Form::Texts, "the relations in law on which it may be made"),
        may("default", Form::Texts, "the relations for which it is drafted where nobody names an agreement"),
        may("titles", Form::Texts, "what such a paper is called; of several that fit the longest counts"),
        may("judge", Form::Text, "the package whose findings judge its terms"),
        must("signers", Form::TextMap, "prefix of the signer's terms = what the signer is called"),
        may("kept", Form::Text, "the cell that says how many years it is kept after its end"),
        may("needs", Form::Texts, "cells without which the terms cannot be judged"),
        CITE,
        may("note", Form::Text, "for the reader"),
    ],
    others: None,
};

static TERM: Shape = Shape {
    name: "term",
    keys: &[
        must("name", Form::Text, "what it is called"),
        may("facts", Form::Texts, "the facts that it gives, by full id; without them it is words"),
        may("shows", Form::Texts, "facts that are 是 if the term is given"),
        may("list", Form::Flag, "true: a list of words"),
        may("columns", Form::TextMap, "a list of rows: key = \"name\" of each column"),
        may("keys", Form::Texts, "where an engagement says it, as table.key; without it terms.<id>"),
        must("example", Form::Text, "how it is written"),
    ],
    others: None,
};

static VOID: Shape = Shape {
    name: "void",
    keys: &[
        must("in", Form::Texts, "the agreements in which it must not stand"),
        must("severity", Form::OneOf(&["unlawful", "risk", "note"]), "how grave it is"),
        must("message", Form::Text, "what is wrong with it"),
        must("remedy", Form::Text, "what would be lawful"),
        must("cite", Form::Text, "instrument and article, joined by ；"),
    ],
    others: None,
};

static CLAUSE: Shape = Shape {
    name: "clause",
    keys: &[
        must("name", Form::Text, "what it is about"),
        may("required", Form::Texts, "the agreements in which it must stand"),
        may("allowed", Form::Texts, "the agreements in which it may stand"),
        may("void", Form::Tables(&VOID), "the agreements in which it must not stand, and why"),
        may("terms", Form::Texts, "the terms that it cannot do without"),
        may("optional", Form::Texts, "terms that it takes if they are given"),
        may("if_chosen", Form::TextsMap, "\"term.choice\" = terms that it needs besides if that is chosen"),
        may("judged_by", Form::Texts, "packages or findings, by full id, that are about it"),
        CITE,
        may("note", Form::Text, "for the reader"),
    ],
    others: None,
};

pub(super) static CLAUSES: Shape = Shape {
    name: "clauses_file",
    keys: &[
        may("agreement", Form::TableMap(&AGREEMENT), "kinds of agreements"),
        may("term", Form::TableMap(&TERM), "what people have to settle"),
        may("clause", Form::TableMap(&CLAUSE), "clauses"),
        may("quote", Form::TextMap, "values of the law that clauses quote: id = \"cell\""),
    ],
    others: None,
};
