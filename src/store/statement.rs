//! A statement that is put together: its text, and beside it the values, which never become part of the text.

use std::fmt::Write as _;

use sqlx::{
    Arguments as _, AssertSqlSafe, Encode, Type,
    any::{AnyArguments, AnyRow},
    query_with,
};

use super::{
    dialect::{Connection, Database},
    error::Problem,
};

/// Text with `$1`, `$2`, … and the values of these.
pub(super) struct Statement {
    text: String,
    values: AnyArguments,
}

impl Statement {
    pub(super) fn new(text: &str) -> Self {
        Self { text: text.to_owned(), values: AnyArguments::default() }
    }

    /// Goes on with text.
    pub(super) fn text(&mut self, text: &str) -> &mut Self {
        self.text.push_str(text);
        self
    }

    /// Goes on with a value.
    pub(super) fn value<T>(&mut self, value: T) -> Result<&mut Self, Problem>
    where
        T: for<'q> Encode<'q, Database> + Type<Database>,
    {
        self.values.add(value).map_err(|error| Problem::Database(error.to_string()))?;
        // Writing to a string cannot fail.
        let _ = write!(self.text, "${}", self.values.len());
        Ok(self)
    }

    /// Goes on with the condition that `column` is one of some texts.
    pub(super) fn is_one_of<'t>(
        &mut self,
        column: &str,
        texts: impl IntoIterator<Item = &'t str>,
    ) -> Result<&mut Self, Problem> {
        self.text(column).text(" IN (");
        for (at, text) in texts.into_iter().enumerate() {
            if at > 0 {
                self.text(", ");
            }
            self.value(text.to_owned())?;
        }
        Ok(self.text(")"))
    }

    pub(super) async fn execute(self, connection: &mut Connection) -> Result<(), Problem> {
        query_with(AssertSqlSafe(self.text), self.values).execute(connection).await?;
        Ok(())
    }

    pub(super) async fn rows(self, connection: &mut Connection) -> Result<Vec<AnyRow>, Problem> {
        Ok(query_with(AssertSqlSafe(self.text), self.values).fetch_all(connection).await?)
    }
}
