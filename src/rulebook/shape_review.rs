//! What a file of patterns may hold.

use super::shape::{CONFIDENCES, Form, Shape, may, must};

static REVIEW_HEAD: Shape = Shape {
    name: "review",
    keys: &[
        must(
            "checked",
            Form::Date,
            "when the patterns were last held against the law; the day a review is as of, unless it says another",
        ),
        may("unless", Form::Texts, "wordings that lay any finding to rest; @ is what was found"),
        may("groups", Form::TextsMap, "names for several kinds at once"),
    ],
    others: None,
};

static REVIEW_KIND: Shape = Shape {
    name: "review_kind",
    keys: &[
        must("name", Form::Text, "what such a text is called"),
        must(
            "parties",
            Form::TextsMap,
            "how such texts name their parties, where they do not say otherwise: concept = names",
        ),
    ],
    others: None,
};

static CONCEPT: Shape = Shape {
    name: "concept",
    keys: &[
        must("words", Form::Texts, "its words; (a|b) gives a choice, {other} all the words of another concept"),
        may(
            "cues",
            Form::Texts,
            "for a party: what stands beside a name that means it, where a text defines its parties",
        ),
        may("note", Form::Text, "for the reader"),
    ],
    others: None,
};

static LIMIT: Shape = Shape {
    name: "limit",
    keys: &[
        must("figure", Form::Text, "the figure or value of the book that the quantity found is held against"),
        must("breach", Form::OneOf(&["more", "less"]), "what is unlawful: more than the figure, or less"),
        may("given", Form::TextsMap, "facts of the figure: where in the text their quantity stands"),
    ],
    others: None,
};

static TRAP: Shape = Shape {
    name: "trap",
    keys: &[
        must("title", Form::Text, "what is wrong, in a few words"),
        must("kinds", Form::Texts, "the kinds of text it is sought in"),
        must("severity", Form::OneOf(&["unlawful", "risk", "note"]), "how grave it is"),
        must("find", Form::Texts, "the wordings; any of them, in one sentence"),
        may("unless", Form::Texts, "wordings in the same sentence that lay it to rest; @ is what was found"),
        may("unless_near", Form::Texts, "wordings in the same clause that lay it to rest"),
        may("instead_of", Form::Texts, "traps that are not reported for a sentence that this one is reported for"),
        may("limit", Form::Table(&LIMIT), "unlawful only beyond a figure of the book"),
        must("message", Form::Text, "why, in a sentence; {found} is the quantity, {limit} the figure"),
        must("remedy", Form::Text, "what to write instead"),
        must("cite", Form::Text, "instrument and article, joined by ；, or \"unknown\" with a source"),
        may("source", Form::Text, "where it was read, when that is not the instrument"),
        must("confidence", CONFIDENCES, "V, V*, W, K or U"),
        may("from", Form::Date, "since when it is law"),
        may("until", Form::Date, "the first day on which it no longer is"),
        may("note", Form::Text, "for the reader"),
    ],
    others: None,
};

static REQUIRED: Shape = Shape {
    name: "required",
    keys: &[
        must("title", Form::Text, "what must be agreed"),
        must("kinds", Form::Texts, "the kinds of text that must have it"),
        must("find", Form::Texts, "the wordings by which it is known to be there"),
        must("severity", Form::OneOf(&["unlawful", "risk", "note"]), "how grave its absence is"),
        must("message", Form::Text, "why, in a sentence"),
        must("remedy", Form::Text, "what to write"),
        must("cite", Form::Text, "instrument and article, joined by ；, or \"unknown\" with a source"),
        may("source", Form::Text, "where it was read, when that is not the instrument"),
        must("confidence", CONFIDENCES, "V, V*, W, K or U"),
        may("from", Form::Date, "since when it is law"),
        may("until", Form::Date, "the first day on which it no longer is"),
        may("note", Form::Text, "for the reader"),
    ],
    others: None,
};

pub(super) static REVIEW: Shape = Shape {
    name: "review_file",
    keys: &[
        may("review", Form::Table(&REVIEW_HEAD), "of all files of patterns: one has it"),
        may("kind", Form::TableMap(&REVIEW_KIND), "the kinds of text"),
        may("concept", Form::TableMap(&CONCEPT), "words that mean one thing"),
        may("trap", Form::TableMap(&TRAP), "what is unlawful or risky"),
        may("required", Form::TableMap(&REQUIRED), "what must not be missing"),
    ],
    others: None,
};
