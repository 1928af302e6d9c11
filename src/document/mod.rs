//! Documents: templates to a document model, layout to pages, pages to PDF. Decides nothing.
