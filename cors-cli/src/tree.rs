//! A file as a tree in which each key and each value has its bytes.

use std::ops::Range;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// A value of the file.
pub(crate) struct Node {
    pub(crate) span: Range<usize>,
    pub(crate) value: Value,
}

pub(crate) enum Value {
    Table(Vec<Item>),
    List(Vec<Node>),
    Text(String),
    /// A number, true or false, a date, or null.
    Other,
}

/// A key and its value.
pub(crate) struct Item {
    pub(crate) key: String,
    pub(crate) span: Range<usize>,
    pub(crate) node: Node,
}

impl Node {
    pub(crate) fn of_toml(table: Spanned<DeTable<'_>>) -> Self {
        Self::of_value(Spanned::new(table.span(), DeValue::Table(table.into_inner())))
    }

    fn of_value(value: Spanned<DeValue<'_>>) -> Self {
        let span = value.span();
        let value = match value.into_inner() {
            DeValue::Table(table) => {
                let items = table.into_iter().map(|(key, value)| Item {
                    span: key.span(),
                    key: key.into_inner().into_owned(),
                    node: Self::of_value(value),
                });
                Value::Table(items.collect())
            }
            DeValue::Array(list) => Value::List(list.into_iter().map(Self::of_value).collect()),
            DeValue::String(text) => Value::Text(text.into_owned()),
            _ => Value::Other,
        };
        Self { span, value }
    }

    /// The tree of a text that is valid JSON; none of one that is not.
    pub(crate) fn of_json(text: &str) -> Option<Self> {
        Json { text, at: 0 }.node()
    }

    pub(crate) fn table(&self) -> Option<&[Item]> {
        match &self.value {
            Value::Table(items) => Some(items),
            _ => None,
        }
    }
}

/// Reads a text that is valid JSON.
struct Json<'a> {
    text: &'a str,
    at: usize,
}

impl Json<'_> {
    fn node(&mut self) -> Option<Node> {
        let start = self.next_token()?;
        let value = match self.text.as_bytes()[start] {
            b'{' => Value::Table(self.list(b'}', Self::item)?),
            b'[' => Value::List(self.list(b']', Self::node)?),
            b'"' => Value::Text(self.string()?),
            _ => {
                let ends = |char: char| matches!(char, ',' | '}' | ']') || char.is_ascii_whitespace();
                self.at = self.text[start..].find(ends).map_or(self.text.len(), |length| start + length);
                Value::Other
            }
        };
        Some(Node { span: start..self.at, value })
    }

    fn item(&mut self) -> Option<Item> {
        let start = self.next_token()?;
        let key = self.string()?;
        let span = start..self.at;
        self.next_token()?;
        self.at += ":".len();
        Some(Item { key, span, node: self.node()? })
    }

    /// All up to the bracket that closes.
    fn list<T>(&mut self, end: u8, one: fn(&mut Self) -> Option<T>) -> Option<Vec<T>> {
        let mut list = Vec::new();
        self.at += 1;
        loop {
            let at = self.next_token()?;
            match self.text.as_bytes()[at] {
                byte if byte == end => {
                    self.at += 1;
                    return Some(list);
                }
                b',' => self.at += 1,
                _ => list.push(one(self)?),
            }
        }
    }

    fn string(&mut self) -> Option<String> {
        let rest = self.text.get(self.at..)?;
        let mut is_escaped = false;
        let closes = |(_, byte): &(usize, u8)| {
            let is_end = *byte == b'"' && !is_escaped;
            is_escaped = *byte == b'\\' && !is_escaped;
            is_end
        };
        let (end, _) = rest.bytes().enumerate().skip(1).find(closes)?;
        self.at += end + 1;
        serde_json::from_str(&rest[..=end]).ok()
    }

    /// Where the next token begins.
    fn next_token(&mut self) -> Option<usize> {
        let rest = self.text.get(self.at..)?;
        self.at += rest.len() - rest.trim_start().len();
        (self.at < self.text.len()).then_some(self.at)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_is_read_with_its_bytes() {
        let text = " {\"a\\\"b\" : [1 , \"\\u00fc\",true],\"c\":{},\"d\":\"\\\\\" }\n";
        let root = Node::of_json(text).expect("JSON");
        assert_eq!(&text[root.span.clone()], text.trim());
        let items = root.table().expect("a table");
        let shown: Vec<_> = items
            .iter()
            .map(|item| (&*item.key, &text[item.span.clone()], &text[item.node.span.clone()]))
            .collect();
        assert_eq!(
            shown,
            [
                ("a\"b", r#""a\"b""#, r#"[1 , "\u00fc",true]"#),
                ("c", "\"c\"", "{}"),
                ("d", "\"d\"", r#""\\""#)
            ]
        );
        let Value::List(list) = &items[0].node.value else { panic!("no list") };
        let texts: Vec<_> = list.iter().map(|node| &text[node.span.clone()]).collect();
        assert_eq!(texts, ["1", r#""\u00fc""#, "true"]);
        assert!(matches!(&list[1].value, Value::Text(text) if text == "ü"));
        for text in ["", "{", "[1", "{\"a", "{\"a\" "] {
            assert!(Node::of_json(text).is_none(), "{text}");
        }
    }
}
