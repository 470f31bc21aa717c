//! What a response has before the policy writes on it.

use crate::grammar::header::ResponseField;

/// Which of the fields that a policy sets or takes away from the application's responses one of them has.
#[derive(Clone, Copy, Default)]
pub(crate) struct Present(u16);

impl Present {
    /// Takes note of a name. Most are told apart by their length alone.
    pub(crate) fn note(&mut self, name: &str) {
        if matches!(name.len(), 4 | 22 | 27..=29 | 32) {
            let field =
                ResponseField::ALL.into_iter().find(|field| field.as_str().eq_ignore_ascii_case(name));
            self.0 |= field.map_or(0, |field| 1 << field as u8);
        }
    }

    pub(crate) fn has(self, field: ResponseField) -> bool {
        self.0 & 1 << field as u8 != 0
    }

    pub(crate) fn forget(&mut self, field: ResponseField) {
        self.0 &= !(1 << field as u8);
    }

    pub(crate) fn fields(self) -> impl Iterator<Item = ResponseField> {
        ResponseField::ALL.into_iter().filter(move |field| self.has(*field))
    }
}
