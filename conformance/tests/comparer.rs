//! The comparer of the table: it reports every difference.

use cors_conformance::expect::Expectation;
use cors_conformance::matrix::compare_errors;
use cors_conformance::wire::Response;

fn faults(expect: &[&str], status: u16, headers: &[(&str, &str)]) -> Vec<String> {
    let lines: Vec<_> = expect.iter().map(|line| line.to_string()).collect();
    let headers = headers.iter().map(|(name, value)| (name.to_string(), value.as_bytes().to_vec())).collect();
    Expectation::parse(&lines).unwrap().check(&Response { status, headers, body: Vec::new() })
}

fn fits(expect: &[&str], headers: &[(&str, &str)]) -> bool {
    faults(expect, 200, headers).is_empty()
}

#[test]
fn the_status_is_one_of_those_expected() {
    assert!(faults(&["200"], 200, &[]).is_empty());
    assert!(faults(&["4xx"], 405, &[]).is_empty());
    assert!(faults(&["500|drop"], 500, &[]).is_empty());
    assert!(faults(&[], 418, &[]).is_empty());
    assert_eq!(faults(&["204"], 200, &[]).len(), 1);
    assert_eq!(faults(&["4xx"], 500, &[]).len(), 1);
}

#[test]
fn a_missing_header_fails() {
    assert_eq!(faults(&["ACAO: *"], 200, &[]), ["Access-Control-Allow-Origin: is missing"]);
    assert!(!fits(&["Vary: Origin"], &[]));
    assert!(!fits(&["ETag (present)"], &[]));
}

#[test]
fn an_unexpected_cors_header_fails() {
    for name in
        ["Access-Control-Allow-Origin", "access-control-max-age", "Access-Control-Allow-Private-Network"]
    {
        assert!(!fits(&["Vary: Origin"], &[(name, "1"), ("vary", "Origin")]), "{name}");
    }
    assert!(!fits(&[], &[("access-control-allow-headers", "")]));
    assert!(fits(&[], &[("content-type", "text/plain"), ("x-access-control", "1")]));
}

#[test]
fn an_unexpected_member_of_vary_fails() {
    assert!(!fits(&[], &[("vary", "Origin")]));
    assert!(!fits(&["Vary: Origin"], &[("vary", "Origin, Accept")]));
    assert!(!fits(&["Vary: Origin"], &[("vary", "*")]));
    assert!(!fits(&["Vary: Origin"], &[("vary", "Origin"), ("vary", "Accept")]));
}

#[test]
fn vary_is_a_set_over_all_lines_without_duplicates() {
    assert!(fits(&["Vary: Accept, Origin"], &[("vary", "origin"), ("Vary", "accept")]));
    assert!(fits(
        &["Vary: preflight"],
        &[("vary", "Access-Control-Request-Headers,access-control-request-method, Origin")]
    ));
    assert!(!fits(&["Vary: Origin"], &[("vary", "Origin, origin")]));
    assert!(!fits(&["Vary: Origin"], &[("vary", "Origin"), ("vary", "Origin")]));
}

#[test]
fn a_singleton_is_compared_to_the_byte_and_on_one_line() {
    let line = ("access-control-allow-origin", "https://a.example");
    assert!(fits(&["ACAO: https://a.example"], &[line]));
    assert!(!fits(&["ACAO: https://a.example"], &[line, line]));
    assert!(!fits(&["ACAO: https://a.example"], &[("access-control-allow-origin", "https://a.example/")]));
    assert!(!fits(&["ACAC: true"], &[("access-control-allow-credentials", "True")]));
    assert!(!fits(&["ACAC: true"], &[("access-control-allow-credentials", "")]));
}

#[test]
fn methods_are_a_set_with_optional_members() {
    let got = |value| [("access-control-allow-methods", value)];
    assert!(fits(&["ACAM: GET, HEAD?, PUT"], &got("PUT,GET")));
    assert!(fits(&["ACAM: GET, HEAD?, PUT"], &got("GET, HEAD, PUT")));
    assert!(!fits(&["ACAM: GET, HEAD?, PUT"], &got("GET")));
    assert!(!fits(&["ACAM: GET, HEAD?"], &got("GET, PUT")));
    assert!(!fits(&["ACAM: GET, PUT"], &got("GET, put")));
    assert!(!fits(&["ACAM: GET, PUT"], &got("GET, PUT, GET")));
    assert!(!fits(&["ACAM: GET"], &got("*")));
    let two = [("access-control-allow-methods", "GET"), ("access-control-allow-methods", "PUT")];
    assert!(!fits(&["ACAM: GET, PUT"], &two));
}

#[test]
fn header_lists_have_an_order_unless_it_says_otherwise() {
    let got = |value| [("access-control-allow-headers", value)];
    assert!(fits(&["ACAH: x-a, x-b"], &got("x-a,x-b")));
    assert!(!fits(&["ACAH: x-a, x-b"], &got("x-b,x-a")));
    assert!(!fits(&["ACAH: x-a, x-b"], &got("X-A,x-b")));
    assert!(fits(&["ACAH (any order): x-a, x-b"], &got("X-B, x-a, x-a")));
    assert!(!fits(&["ACAH (any order): x-a, x-b"], &got("x-a")));
    assert!(!fits(&["ACAH (any order): x-a"], &got("x-a,x-b")));
}

#[test]
fn the_order_of_the_response_itself() {
    let got = |value| [("x-two", "2"), ("x-one", "1"), ("access-control-expose-headers", value)];
    assert!(fits(&["ACEH (wire order): x-one, x-two"], &got("x-two, x-one")));
    assert!(!fits(&["ACEH (wire order): x-one, x-two"], &got("x-one, x-two")));
    assert!(!fits(&["ACEH (wire order): x-one, x-two"], &got("x-two")));
}

#[test]
fn a_header_that_must_be_absent() {
    assert!(!fits(&["!Location"], &[("location", "/")]));
    assert!(fits(&["!Location"], &[]));
}

#[test]
fn refused_stands_for_the_whole_refusal() {
    let headers = [
        ("content-type", "text/plain; charset=utf-8"),
        ("vary", "Origin, Access-Control-Request-Method, Access-Control-Request-Headers"),
    ];
    let with_body = |status, headers: &[(&str, &str)]| {
        let lines = ["refused".to_owned()];
        let headers =
            headers.iter().map(|(name, value)| (name.to_string(), value.as_bytes().to_vec())).collect();
        let got = Response { status, headers, body: b"No.".to_vec() };
        Expectation::parse(&lines).unwrap().check(&got)
    };
    assert!(with_body(403, &headers).is_empty());
    assert_eq!(faults(&["refused"], 403, &headers), ["the body is empty"]);
    assert_eq!(with_body(200, &headers).len(), 1);
    assert_eq!(with_body(403, &headers[..1]).len(), 1);
    assert_eq!(with_body(403, &[headers[0], headers[1], ("access-control-max-age", "1")]).len(), 1);
}

#[test]
fn bodies() {
    let check = |change: fn(&mut Expectation)| {
        let mut expect = Expectation::default();
        change(&mut expect);
        expect.check(&Response { status: 200, headers: Vec::new(), body: b"Some Body".to_vec() }).is_empty()
    };
    assert!(check(|expect| expect.body = Some("Some Body".into())));
    assert!(!check(|expect| expect.body = Some("some body".into())));
    assert!(check(|expect| expect.body_has = vec!["Body".into()]));
    assert!(!check(|expect| expect.body_lacks = vec!["BODY".into()]));
    assert!(!check(|expect| expect.body_max = Some(8)));
    assert!(!check(|expect| expect.body_length = Some(8)));
}

#[test]
fn a_line_that_is_not_an_expectation_is_an_error() {
    for line in ["no colon", "Vary (sideways): Origin"] {
        assert!(Expectation::parse(&[line.to_owned()]).is_err(), "{line}");
    }
}

#[test]
fn each_expected_error_is_a_line_of_its_own() {
    let words = |words: &[&str]| words.iter().map(|word| word.to_string()).collect::<Vec<_>>();
    let got = words(&["at /hello: bad origin A", "at /hello: bad origin B"]);
    assert!(compare_errors(&[words(&["/hello", "a"]), words(&["origin b"])], &got, true).is_ok());
    assert!(compare_errors(&[words(&["origin a"]), words(&["origin a"])], &got, true).is_err());
    assert!(compare_errors(&[words(&["origin a"])], &got, true).is_err());
    assert!(compare_errors(&[words(&["origin a"])], &got, false).is_ok());
    assert!(compare_errors(&[], &got, false).is_err());
    assert!(compare_errors(&[], &[], true).is_ok());
    assert!(compare_errors(&[words(&["x"])], &[], false).is_err());
    // The first expectation matches both lines, and has to leave the second expectation its only line.
    assert!(compare_errors(&[words(&["bad"]), words(&["origin a"])], &got, true).is_ok());
}
