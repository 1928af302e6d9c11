//! The document as Office Open XML (`.docx`): the same words in the same order as the PDF, for the other side to edit.
//!
//! Numbers of clauses are text, as in the PDF: a clause that the negotiation takes out does not renumber the ones that
//! people already talk about. Remarks are comments. The same document and facts about the file give the same bytes.

use std::{
    fmt::Write as _,
    io::{Cursor, Write as _},
};

use zip::{CompressionMethod, DateTime, ZipWriter, write::SimpleFileOptions};

use super::{
    error::DocumentError,
    model::{Align, Bar, Block, Column, Document, Furniture, FurniturePart, Row, Table, Text},
    page::{Milli, mm},
    scale::{Scale, Size},
    writer::Meta,
};

const SHEET_WIDTH: Milli = mm(210);
const SHEET_HEIGHT: Milli = mm(297);
const DECLARATION: &str = r#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?>"#;
const WORD: &str = r#"xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships""#;
const PACKAGE_TYPES: &str = "application/vnd.openxmlformats-officedocument.wordprocessingml";
const RELATIONS: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
/// Text that every office has; what stands in Latin script keeps its own.
const FONTS: &str =
    r#"<w:rFonts w:ascii="Times New Roman" w:hAnsi="Times New Roman" w:eastAsia="宋体" w:cs="Times New Roman"/>"#;
const HEADING_FONTS: &str = r#"<w:rFonts w:ascii="Arial" w:hAnsi="Arial" w:eastAsia="黑体" w:cs="Arial"/>"#;

/// Writes the file.
///
/// # Errors
/// What the archive complains of.
pub(super) fn write(document: &Document, meta: &Meta) -> Result<Vec<u8>, DocumentError> {
    let mut body = Body::new(document);
    body.blocks(&document.blocks, body.width);
    let section = section(document);
    let main = format!("{DECLARATION}<w:document {WORD}><w:body>{}{section}</w:body></w:document>", body.xml);
    let scale = document.scale.scale();
    let parts = [
        ("[Content_Types].xml", content_types()),
        ("_rels/.rels", package_relations()),
        ("docProps/core.xml", properties(meta)),
        ("word/_rels/document.xml.rels", document_relations()),
        ("word/comments.xml", comments(&body.comments, meta)),
        ("word/document.xml", main),
        ("word/footer1.xml", furniture("ftr", &document.footer, body.width, scale)),
        ("word/header1.xml", furniture("hdr", &document.header, body.width, scale)),
        (
            "word/settings.xml",
            format!(
                "{DECLARATION}<w:settings {WORD}><w:characterSpacingControl w:val=\"compressPunctuation\"/></w:settings>"
            ),
        ),
        ("word/styles.xml", styles(scale)),
    ];
    pack(&parts).map_err(|error| DocumentError::Docx(error.to_string()))
}

fn pack(parts: &[(&str, String)]) -> Result<Vec<u8>, zip::result::ZipError> {
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    // No clock: the archive's earliest date.
    let options = SimpleFileOptions::default()
        .compression_method(CompressionMethod::Deflated)
        .last_modified_time(DateTime::default());
    for (name, content) in parts {
        archive.start_file(*name, options)?;
        archive.write_all(content.as_bytes())?;
    }
    Ok(archive.finish()?.into_inner())
}

/// Twentieths of a point.
const fn twips(length: Milli) -> Milli {
    length / 50
}

/// Half points.
const fn half_points(length: Milli) -> Milli {
    length / 500
}

fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            // What XML cannot hold, no page shows either.
            character if character.is_control() && !matches!(character, '\n' | '\t') => {}
            character => escaped.push(character),
        }
    }
    escaped
}

/// The runs of a text; `extra` are further properties of each.
fn runs(text: &Text, extra: &str) -> String {
    let mut xml = String::new();
    for span in &text.0 {
        let bold = if span.bold { "<w:b/>" } else { "" };
        let raised = if span.raised { r#"<w:vertAlign w:val="superscript"/>"# } else { "" };
        for (index, line) in span.text.split('\n').enumerate() {
            let line_break = if index > 0 { "<w:br/>" } else { "" };
            let _ = write!(
                xml,
                r#"<w:r><w:rPr>{bold}{extra}{raised}</w:rPr>{line_break}<w:t xml:space="preserve">{}</w:t></w:r>"#,
                escape(line)
            );
        }
    }
    xml
}

/// Size of the characters of a run.
fn sized(size: Size) -> String {
    let half = half_points(size.size);
    format!(r#"<w:sz w:val="{half}"/><w:szCs w:val="{half}"/>"#)
}

/// How a paragraph is set.
#[derive(Default)]
struct Paragraph<'a> {
    style: &'a str,
    indent: String,
    align: &'a str,
    keep: bool,
    borders: &'a str,
}

impl Paragraph<'_> {
    fn xml(&self, new_page: bool, runs: &str) -> String {
        let style =
            if self.style.is_empty() { String::new() } else { format!(r#"<w:pStyle w:val="{}"/>"#, self.style) };
        let keep = if self.keep { "<w:keepNext/>" } else { "" };
        let page = if new_page { "<w:pageBreakBefore/>" } else { "" };
        let align = if self.align.is_empty() { String::new() } else { format!(r#"<w:jc w:val="{}"/>"#, self.align) };
        format!("<w:p><w:pPr>{style}{keep}{page}{}{}{align}</w:pPr>{runs}</w:p>", self.borders, self.indent)
    }
}

const fn aligned(align: Align) -> &'static str {
    match align {
        Align::Left => "left",
        Align::Centre => "center",
        Align::Right => "right",
    }
}

struct Body {
    xml: String,
    scale: &'static Scale,
    width: Milli,
    new_page: bool,
    comments: Vec<Vec<Text>>,
}

impl Body {
    fn new(document: &Document) -> Self {
        let [_, right, _, left] = document.margins.map(mm);
        let width = SHEET_WIDTH - left - right;
        Self { xml: String::new(), scale: document.scale.scale(), width, new_page: false, comments: Vec::new() }
    }

    fn paragraph(&mut self, paragraph: &Paragraph<'_>, runs: &str) {
        let new_page = std::mem::take(&mut self.new_page);
        self.xml.push_str(&paragraph.xml(new_page, runs));
    }

    fn blocks(&mut self, blocks: &[Block], width: Milli) {
        for block in blocks {
            self.block(block, width);
        }
    }

    fn block(&mut self, block: &Block, width: Milli) {
        match block {
            Block::Title { title, opposite } => {
                self.paragraph(&Paragraph { style: "Title", ..Paragraph::default() }, &runs(title, ""));
                for text in opposite {
                    self.paragraph(&Paragraph { align: "right", ..Paragraph::default() }, &runs(text, ""));
                }
            }
            Block::Heading { level, text } => {
                let style = if *level > 1 { "Heading2" } else { "Heading1" };
                self.paragraph(&Paragraph { style, keep: true, ..Paragraph::default() }, &runs(text, ""));
            }
            Block::Paragraph(text) => {
                let first = twips(self.scale.indent * self.scale.body.size);
                let indent = format!(r#"<w:ind w:firstLine="{first}"/>"#);
                self.paragraph(&Paragraph { indent, align: "both", ..Paragraph::default() }, &runs(text, ""));
            }
            Block::Clause { level, label, text } => self.clause(*level, label, text),
            Block::Note(text) => {
                self.paragraph(&Paragraph::default(), &runs(text, &sized(self.scale.small)));
            }
            Block::Fields { columns, pairs } => self.fields(*columns, pairs, width),
            Block::Table(table) => self.table(table, width),
            Block::Beside(groups) => self.beside(groups, width),
            Block::Amount { label, figure, words } => {
                let gap = Text::plain("　");
                let cells: String =
                    [&label.bold(), &gap, &figure.bold(), &gap, words].into_iter().map(|text| runs(text, "")).collect();
                self.paragraph(&Paragraph::default(), &cells);
            }
            Block::Bars(bars) => self.bars(bars, width),
            Block::Signatures(rows) => self.signatures(rows, width),
            Block::Remarked { remarks, block } => self.remarked(remarks, block, width),
            Block::Rule => {
                let borders = r#"<w:pBdr><w:bottom w:val="single" w:sz="4" w:space="1" w:color="BFBFBF"/></w:pBdr>"#;
                self.paragraph(&Paragraph { borders, ..Paragraph::default() }, "");
            }
            Block::NewPage => self.new_page = true,
            Block::Part(_) => {}
        }
    }

    fn clause(&mut self, level: u8, label: &Text, text: &Text) {
        let size = self.scale.body.size;
        if level == 0 {
            let content = [&label.bold(), &Text::plain("　"), text].map(|text| runs(text, "")).concat();
            return self.paragraph(&Paragraph { align: "both", ..Paragraph::default() }, &content);
        }
        let left = (i32::from(level) - 1) * 2 * size;
        let long = label.words().chars().count() > 3;
        let hang = if long { 5 * size } else { 3 * size };
        let indent = format!(r#"<w:ind w:left="{}" w:hanging="{}"/>"#, twips(left + hang), twips(hang));
        let label = if level == 1 { label.bold() } else { label.clone() };
        let content = format!("{}<w:r><w:tab/></w:r>{}", runs(&label, ""), runs(text, ""));
        self.paragraph(&Paragraph { indent, align: "both", ..Paragraph::default() }, &content);
    }

    /// A comment on the block's last paragraph.
    fn remarked(&mut self, remarks: &[Text], block: &Block, width: Milli) {
        let number = self.comments.len();
        self.comments.push(remarks.to_vec());
        let before = self.xml.len();
        self.block(block, width);
        let set = self.xml.split_off(before);
        let opened = format!(r#"</w:pPr><w:commentRangeStart w:id="{number}"/>"#);
        let closed =
            format!(r#"<w:commentRangeEnd w:id="{number}"/><w:r><w:commentReference w:id="{number}"/></w:r></w:p>"#);
        let set = set.replacen("</w:pPr>", &opened, 1);
        match set.rsplit_once("</w:p>") {
            Some((content, rest)) => self.xml.push_str(&[content, &closed, rest].concat()),
            None => self.xml.push_str(&set),
        }
    }

    /// A table without lines, of cells that hold whole paragraphs.
    fn frame(&mut self, widths: &[Milli], rows: &[Vec<String>]) {
        let mut xml = String::from(r#"<w:tbl><w:tblPr><w:tblLayout w:type="fixed"/></w:tblPr>"#);
        xml.push_str(&grid(widths));
        for row in rows {
            xml.push_str("<w:tr><w:trPr><w:cantSplit/></w:trPr>");
            for (cell, width) in row.iter().zip(widths) {
                let _ =
                    write!(xml, r#"<w:tc><w:tcPr><w:tcW w:w="{}" w:type="dxa"/></w:tcPr>{cell}</w:tc>"#, twips(*width));
            }
            xml.push_str("</w:tr>");
        }
        xml.push_str("</w:tbl>");
        self.after_table(&xml);
    }

    /// Two tables that touch would become one.
    fn after_table(&mut self, table: &str) {
        if std::mem::take(&mut self.new_page) {
            self.xml.push_str(r#"<w:p><w:r><w:br w:type="page"/></w:r></w:p>"#);
        }
        self.xml.push_str(table);
        self.xml.push_str(
            r#"<w:p><w:pPr><w:spacing w:before="0" w:after="0" w:line="120" w:lineRule="exact"/></w:pPr></w:p>"#,
        );
    }

    fn fields(&mut self, columns: usize, pairs: &[(Text, Text)], width: Milli) {
        let count = Milli::try_from(columns).unwrap_or(1).max(1);
        let each = width / count;
        let longest = pairs.iter().map(|(label, _)| label.words().chars().count()).max().unwrap_or(0);
        let size = self.scale.body.size;
        let label = (Milli::try_from(longest).unwrap_or(8) * size + size * 3 / 2).clamp(4 * size, each / 2);
        let widths: Vec<Milli> = (0..columns).flat_map(|_| [label, each - label]).collect();
        let paragraph = |text: &Text| Paragraph::default().xml(false, &runs(text, ""));
        let rows: Vec<Vec<String>> = pairs
            .chunks(columns.max(1))
            .map(|row| {
                let mut cells: Vec<String> =
                    row.iter().flat_map(|(label, value)| [paragraph(label), paragraph(value)]).collect();
                cells.resize(widths.len(), Paragraph::default().xml(false, ""));
                cells
            })
            .collect();
        self.frame(&widths, &rows);
    }

    /// The figures of the bars; who edits them in a word processor has no use for the drawing.
    fn bars(&mut self, bars: &[Bar], width: Milli) {
        let paragraph =
            |align: &'static str, text: &Text| Paragraph { align, ..Paragraph::default() }.xml(false, &runs(text, ""));
        let row = |bar: &Bar| {
            vec![paragraph("left", &bar.label), paragraph("right", &bar.figure), paragraph("right", &bar.share)]
        };
        let rows: Vec<Vec<String>> = bars.iter().map(row).collect();
        self.frame(&[width / 2, width / 4, width / 4], &rows);
    }

    fn table(&mut self, table: &Table, width: Milli) {
        let shares: Milli = table.columns.iter().map(|column| column.share).sum::<Milli>().max(1);
        let widths: Vec<Milli> = table.columns.iter().map(|column| width / shares * column.share).collect();
        let line = |side: &str| format!(r#"<w:{side} w:val="single" w:sz="4" w:space="0" w:color="404040"/>"#);
        let lines: String = ["top", "left", "bottom", "right", "insideH", "insideV"].map(line).concat();
        let mut xml = format!(
            r#"<w:tbl><w:tblPr><w:tblBorders>{lines}</w:tblBorders><w:tblLayout w:type="fixed"/></w:tblPr>{}"#,
            grid(&widths)
        );
        let extra = sized(self.scale.table);
        let row = |cells: &[Text], bold: bool, head: bool| {
            let repeated = if head { "<w:tblHeader/>" } else { "" };
            let cell = |((cell, Column { align, .. }), width): ((&Text, &Column), &Milli)| {
                let text = if bold { cell.bold() } else { cell.clone() };
                let set = Paragraph { align: aligned(*align), ..Paragraph::default() }.xml(false, &runs(&text, &extra));
                format!(r#"<w:tc><w:tcPr><w:tcW w:w="{}" w:type="dxa"/></w:tcPr>{set}</w:tc>"#, twips(*width))
            };
            let cells: String = cells.iter().zip(&table.columns).zip(&widths).map(cell).collect();
            format!("<w:tr><w:trPr><w:cantSplit/>{repeated}</w:trPr>{cells}</w:tr>")
        };
        if let Some(head) = &table.head {
            xml.push_str(&row(head, true, true));
        }
        for Row { cells, total } in &table.rows {
            xml.push_str(&row(cells, *total, false));
        }
        xml.push_str("</w:tbl>");
        self.after_table(&xml);
    }

    fn beside(&mut self, groups: &[Vec<Block>], width: Milli) {
        let count = Milli::try_from(groups.len()).unwrap_or(1).max(1);
        let widths = vec![width / count; groups.len()];
        let cells = groups
            .iter()
            .map(|group| {
                let before = self.xml.len();
                self.blocks(group, width / count);
                let cell = self.xml.split_off(before);
                // A cell ends with a paragraph.
                if cell.ends_with("</w:p>") { cell } else { cell + &Paragraph::default().xml(false, "") }
            })
            .collect();
        self.frame(&widths, &[cells]);
    }

    fn signatures(&mut self, rows: &[Vec<Text>], width: Milli) {
        let columns = rows.iter().map(Vec::len).max().unwrap_or(1).max(1);
        let each = width / Milli::try_from(columns).unwrap_or(1);
        let cell = |label: &Text| {
            let line = r#"<w:r><w:rPr><w:u w:val="single"/></w:rPr><w:tab/></w:r>"#;
            let stop = format!(
                r#"<w:tabs><w:tab w:val="left" w:pos="{}"/></w:tabs><w:spacing w:before="240"/>"#,
                twips(each - self.scale.gutter * 2)
            );
            let set = Paragraph { keep: true, borders: &stop, ..Paragraph::default() };
            set.xml(false, &format!("{}{line}", runs(label, "")))
        };
        let rows: Vec<Vec<String>> = rows
            .iter()
            .map(|row| {
                let mut cells: Vec<String> = row.iter().map(cell).collect();
                cells.resize(columns, Paragraph::default().xml(false, ""));
                cells
            })
            .collect();
        self.frame(&vec![each; columns], &rows);
    }
}

fn grid(widths: &[Milli]) -> String {
    let columns: String = widths.iter().map(|width| format!(r#"<w:gridCol w:w="{}"/>"#, twips(*width))).collect();
    format!("<w:tblGrid>{columns}</w:tblGrid>")
}

fn section(document: &Document) -> String {
    let [top, right, bottom, left] = document.margins.map(|side| twips(mm(side)));
    // Word shows comments beside the sheet: it needs no wide margin for them.
    let right = right.min(twips(mm(25)));
    format!(
        r#"<w:sectPr><w:headerReference w:type="default" r:id="rId1"/><w:footerReference w:type="default" r:id="rId2"/><w:pgSz w:w="{}" w:h="{}"/><w:pgMar w:top="{top}" w:right="{right}" w:bottom="{bottom}" w:left="{left}" w:header="720" w:footer="600" w:gutter="0"/></w:sectPr>"#,
        twips(SHEET_WIDTH),
        twips(SHEET_HEIGHT),
    )
}

fn furniture(kind: &str, furniture: &Furniture, width: Milli, scale: &Scale) -> String {
    let extra = sized(scale.small);
    let part = |part: &FurniturePart| {
        let field = |name: &str| {
            format!(r#"<w:fldSimple w:instr=" {name} "><w:r><w:rPr>{extra}</w:rPr><w:t>1</w:t></w:r></w:fldSimple>"#)
        };
        match part {
            FurniturePart::Text(text) => runs(&Text::plain(text), &extra),
            FurniturePart::Page => field("PAGE"),
            FurniturePart::Pages => field("NUMPAGES"),
        }
    };
    let side = |parts: &[FurniturePart]| parts.iter().map(part).collect::<String>();
    let content = format!("{}<w:r><w:tab/></w:r>{}", side(&furniture.left), side(&furniture.right));
    let stop = format!(r#"<w:tabs><w:tab w:val="right" w:pos="{}"/></w:tabs>"#, twips(width));
    let paragraph = Paragraph { borders: &stop, ..Paragraph::default() }.xml(false, &content);
    format!("{DECLARATION}<w:{kind} {WORD}>{paragraph}</w:{kind}>")
}

fn comments(comments: &[Vec<Text>], meta: &Meta) -> String {
    let mut xml = format!("{DECLARATION}<w:comments {WORD}>");
    for (number, remarks) in comments.iter().enumerate() {
        let paragraphs: String = remarks.iter().map(|text| Paragraph::default().xml(false, &runs(text, ""))).collect();
        let date = meta.created;
        let _ = write!(
            xml,
            r#"<w:comment w:id="{number}" w:author="gongche" w:date="{date}T00:00:00Z" w:initials="gc">{paragraphs}</w:comment>"#
        );
    }
    xml + "</w:comments>"
}

fn styles(scale: &Scale) -> String {
    let body = sized(scale.body);
    let style = |id: &str, name: &str, paragraph: &str, run: &str| {
        format!(
            r#"<w:style w:type="paragraph" w:styleId="{id}"><w:name w:val="{name}"/><w:basedOn w:val="Normal"/><w:next w:val="Normal"/><w:qFormat/><w:pPr>{paragraph}</w:pPr><w:rPr>{run}</w:rPr></w:style>"#
        )
    };
    let line = twips(scale.body.leading);
    let after = twips(scale.paragraph_gap);
    let normal = format!(
        r#"<w:docDefaults><w:rPrDefault><w:rPr>{FONTS}{body}<w:lang w:val="en-US" w:eastAsia="zh-CN"/></w:rPr></w:rPrDefault><w:pPrDefault><w:pPr><w:spacing w:before="0" w:after="{after}" w:line="{line}" w:lineRule="atLeast"/></w:pPr></w:pPrDefault></w:docDefaults><w:style w:type="paragraph" w:default="1" w:styleId="Normal"><w:name w:val="Normal"/><w:qFormat/></w:style>"#
    );
    let heading = |size: Size| format!("{HEADING_FONTS}<w:b/>{}", sized(size));
    let title = style(
        "Title",
        "Title",
        r#"<w:keepNext/><w:spacing w:before="240" w:after="240"/><w:jc w:val="center"/>"#,
        &heading(scale.title),
    );
    let spaced =
        |level: u8| format!(r#"<w:keepNext/><w:spacing w:before="240" w:after="120"/><w:outlineLvl w:val="{level}"/>"#);
    let first = style("Heading1", "heading 1", &spaced(0), &heading(scale.headings[0]));
    let second = style("Heading2", "heading 2", &spaced(1), &heading(scale.headings[1]));
    format!("{DECLARATION}<w:styles {WORD}>{normal}{title}{first}{second}</w:styles>")
}

fn properties(meta: &Meta) -> String {
    let date = meta.created;
    format!(
        r#"{DECLARATION}<cp:coreProperties xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dcterms="http://purl.org/dc/terms/" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><dc:title>{}</dc:title><dc:creator>gongche</dc:creator><dcterms:created xsi:type="dcterms:W3CDTF">{date}T00:00:00Z</dcterms:created><dcterms:modified xsi:type="dcterms:W3CDTF">{date}T00:00:00Z</dcterms:modified></cp:coreProperties>"#,
        escape(&meta.title)
    )
}

/// The parts of the document besides its text: name and file.
const PARTS: [(&str, &str); 5] = [
    ("header", "header1"),
    ("footer", "footer1"),
    ("styles", "styles"),
    ("settings", "settings"),
    ("comments", "comments"),
];

fn content_types() -> String {
    let parts: String = PARTS
        .iter()
        .map(|(kind, file)| {
            format!(r#"<Override PartName="/word/{file}.xml" ContentType="{PACKAGE_TYPES}.{kind}+xml"/>"#)
        })
        .collect();
    format!(
        r#"{DECLARATION}<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/word/document.xml" ContentType="{PACKAGE_TYPES}.document.main+xml"/>{parts}<Override PartName="/docProps/core.xml" ContentType="application/vnd.openxmlformats-package.core-properties+xml"/></Types>"#
    )
}

fn relations(entries: &[(String, String)]) -> String {
    let entries: String = (1..)
        .zip(entries)
        .map(|(number, (kind, target))| format!(r#"<Relationship Id="rId{number}" Type="{kind}" Target="{target}"/>"#))
        .collect();
    format!(
        r#"{DECLARATION}<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">{entries}</Relationships>"#
    )
}

fn package_relations() -> String {
    relations(&[
        (format!("{RELATIONS}/officeDocument"), "word/document.xml".to_owned()),
        (
            "http://schemas.openxmlformats.org/package/2006/relationships/metadata/core-properties".to_owned(),
            "docProps/core.xml".to_owned(),
        ),
    ])
}

fn document_relations() -> String {
    let entries: Vec<(String, String)> =
        PARTS.iter().map(|(kind, file)| (format!("{RELATIONS}/{kind}"), format!("{file}.xml"))).collect();
    relations(&entries)
}
