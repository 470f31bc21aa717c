//! What a response has before the policy writes on it.

use crate::grammar::header::ResponseField;

/// Which of the fields that a policy sets or takes away from the application's responses one of them has.
#[derive(Default)]
pub(crate) struct Present([bool; ResponseField::ALL.len()]);

impl Present {
    /// Takes note of a name. Most are told apart by their length alone.
    pub(crate) fn note(&mut self, name: &str) {
        if matches!(name.len(), 4 | 22 | 27..=29 | 32) {
            let is_it = |field: &ResponseField| field.as_str().eq_ignore_ascii_case(name);
            if let Some(field) = ResponseField::ALL.into_iter().find(is_it) {
                self.0[field as usize] = true;
            }
        }
    }

    /// Forgets a field. Was it there?
    pub(crate) fn take(&mut self, field: ResponseField) -> bool {
        std::mem::take(&mut self.0[field as usize])
    }

    pub(crate) fn fields(&self) -> impl Iterator<Item = ResponseField> {
        ResponseField::ALL.into_iter().filter(|field| self.0[*field as usize])
    }
}
