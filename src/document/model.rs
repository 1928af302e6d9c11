//! What a document consists of, before anybody knows where on a page it stands.

/// A document: how it is set, what stands on every page, and its blocks in order.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Document {
    /// Sizes and spaces to set it in.
    pub(super) scale: ScaleName,
    /// Margins in whole millimetres: top, right, bottom, left.
    pub(super) margins: [i32; 4],
    /// Stands over every page.
    pub(super) header: Furniture,
    /// Stands under every page.
    pub(super) footer: Furniture,
    /// The content.
    pub(super) blocks: Vec<Block>,
}

/// The two sets of sizes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum ScaleName {
    /// Agreements and letters, to be read as prose.
    #[default]
    Prose,
    /// Slips and quotes, to be looked things up in.
    Slip,
}

/// A line that every page carries, on the left and on the right.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Furniture {
    /// On the left margin.
    pub(super) left: Vec<FurniturePart>,
    /// On the right margin.
    pub(super) right: Vec<FurniturePart>,
}

/// A piece of page furniture.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum FurniturePart {
    /// The same on each page.
    Text(String),
    /// The number of the page.
    Page,
    /// How many pages there are.
    Pages,
}

/// Text with bold and raised passages; `\n` forces a line to end.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Text(pub(super) Vec<Span>);

/// A passage set in one way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Span {
    /// Its characters.
    pub(super) text: String,
    /// Whether they are bold.
    pub(super) bold: bool,
    /// Whether they are small and raised, as a reference mark.
    pub(super) raised: bool,
}

/// A block of content.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Block {
    /// The document's name: centred, or on the left with a companion on the right.
    Title {
        /// The name.
        title: Text,
        /// What stands opposite, one line each.
        opposite: Vec<Text>,
    },
    /// A heading; level 1 or 2. Never alone at the foot of a page.
    Heading {
        /// 1 or 2.
        level: u8,
        /// Its words.
        text: Text,
    },
    /// Prose, justified; the first line indented by two characters.
    Paragraph(Text),
    /// Prose that hangs on a label.
    Clause {
        /// 0 for an article that runs on from its number to the margin, as laws print them; 1 for one that hangs on
        /// it, 2 for an item under either, and so on.
        level: u8,
        /// "第一条", "1.2", "（一）".
        label: Text,
        /// Its words.
        text: Text,
    },
    /// Small print.
    Note(Text),
    /// Labels and values in columns.
    Fields {
        /// How many pairs stand side by side.
        columns: usize,
        /// Label and value.
        pairs: Vec<(Text, Text)>,
    },
    /// A table.
    Table(Table),
    /// Groups of blocks side by side in equal columns.
    Beside(Vec<Vec<Block>>),
    /// One figure that matters most.
    Amount {
        /// What it is.
        label: Text,
        /// In figures.
        figure: Text,
        /// In words.
        words: Text,
    },
    /// What a whole consists of, as bars.
    Bars(Vec<Bar>),
    /// Places to sign: rows of labels, each with a line to write on.
    Signatures(Vec<Vec<Text>>),
    /// Remarks in the margin, beside a block.
    Remarked {
        /// What is remarked, each with a heading and its words.
        remarks: Vec<Text>,
        /// What it is remarked on.
        block: Box<Block>,
    },
    /// Here begins a part of the template, of this name. Nothing is set.
    Part(String),
    /// A hairline across the page.
    Rule,
    /// What follows starts a page.
    NewPage,
}

/// A part of a whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Bar {
    /// What it is.
    pub(super) label: Text,
    /// How much, in figures.
    pub(super) figure: Text,
    /// The share as it is printed: `59.09%`.
    pub(super) share: Text,
    /// The share in millionths; what is less than nothing has no bar.
    pub(super) millionths: i32,
}

/// A table; its head is repeated where it goes on over a page.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Table {
    /// Width and alignment of each column.
    pub(super) columns: Vec<Column>,
    /// Head row, if any.
    pub(super) head: Option<Vec<Text>>,
    /// Rows, each with as many cells as there are columns.
    pub(super) rows: Vec<Row>,
}

/// How a column is set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Column {
    /// Width as a share of the sum of all shares.
    pub(super) share: i32,
    /// Where its cells stand.
    pub(super) align: Align,
}

/// Where text stands in its column.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Align {
    /// On the left edge.
    #[default]
    Left,
    /// In the middle.
    Centre,
    /// On the right edge, as amounts do.
    Right,
}

/// A row of a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Row {
    /// Its cells.
    pub(super) cells: Vec<Text>,
    /// Whether it sums up the rows over it.
    pub(super) total: bool,
}

impl Text {
    /// Text in regular weight.
    pub(super) fn plain(text: impl Into<String>) -> Self {
        Self(vec![Span { text: text.into(), bold: false, raised: false }])
    }

    /// Its words alone.
    pub(super) fn words(&self) -> String {
        self.0.iter().map(|span| span.text.as_str()).collect()
    }

    /// The same words, all of them bold.
    pub(super) fn bold(&self) -> Self {
        Self(self.0.iter().map(|span| Span { bold: true, ..span.clone() }).collect())
    }
}
