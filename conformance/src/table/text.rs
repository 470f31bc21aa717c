//! The shorthands in the table's texts.

use toml::{Table, Value};

/// One table for each element of its `each`, with `{each}` replaced, or the table as it is. For an element that is
/// a list, `{each}` is its first text and `{each.1}` its second. The names become different, too.
pub(super) fn expand(mut table: Table) -> Vec<Table> {
    let Some(Value::Array(each)) = table.remove("each") else { return vec![table] };
    let one = |value: &Value| {
        let texts: Vec<_> = match value {
            Value::Array(texts) => texts.iter().filter_map(Value::as_str).map(str::to_owned).collect(),
            other => vec![other.as_str().unwrap_or_default().to_owned()],
        };
        let mut one = substitute_table(&table, &texts);
        if let Some(Value::String(name)) = one.get_mut("name") {
            let values = texts.join(" | ").replace('\n', "\\n").replace('\t', "\\t").replace('\0', "\\0");
            name.push_str(&format!(" [{values}]"));
        }
        one
    };
    each.iter().map(one).collect()
}

fn substitute_table(table: &Table, texts: &[String]) -> Table {
    table.iter().map(|(key, value)| (substitute_text(key, texts), substitute(value, texts))).collect()
}

fn substitute(value: &Value, texts: &[String]) -> Value {
    match value {
        Value::String(text) => Value::String(substitute_text(text, texts)),
        Value::Array(values) => Value::Array(values.iter().map(|value| substitute(value, texts)).collect()),
        Value::Table(table) => Value::Table(substitute_table(table, texts)),
        other => other.clone(),
    }
}

fn substitute_text(text: &str, texts: &[String]) -> String {
    let mut text = text.replace("{each}", &texts[0]);
    for (n, replacement) in texts.iter().enumerate() {
        text = text.replace(&format!("{{each.{n}}}"), replacement);
    }
    text
}

/// `{{3:x-#,}}` is `x-1,x-2,x-3,`.
pub(super) fn repeat(text: &str) -> String {
    let Some((before, rest)) = text.split_once("{{") else { return text.to_owned() };
    let Some((inner, after)) = rest.split_once("}}") else { return text.to_owned() };
    let (times, unit) = inner.split_once(':').unwrap_or(("1", inner));
    let units = (1..=times.parse().unwrap_or(1)).map(|n: usize| unit.replace('#', &n.to_string()));
    format!("{before}{}{}", units.collect::<String>(), repeat(after))
}

/// `\xNN` is one byte.
pub(super) fn unescape(text: &str) -> Vec<u8> {
    let mut parts = text.split("\\x");
    let mut bytes = parts.next().unwrap_or_default().as_bytes().to_vec();
    for part in parts {
        let byte = part.get(..2).and_then(|digits| u8::from_str_radix(digits, 16).ok());
        bytes.push(byte.unwrap_or(b'?'));
        bytes.extend_from_slice(part.get(2..).unwrap_or_default().as_bytes());
    }
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_makes_one_table_of_each_value() {
        let table =
            toml::from_str("name = 'n'\nsend = ['{each} {each.1}']\neach = [['a', 'b'], 'c']").unwrap();
        let names: Vec<_> = expand(table).iter().map(|table| table["name"].to_string()).collect();
        assert_eq!(names, ["\"n [a | b]\"", "\"n [c]\""]);
    }

    #[test]
    fn repeats_and_bytes() {
        assert_eq!(repeat("a{{3:x-#,}}b{{2:.}}"), "ax-1,x-2,x-3,b..");
        assert_eq!(unescape("a\\xffb\\x09"), b"a\xffb\x09");
        assert_eq!(unescape("plain"), b"plain");
    }
}
