//! `cors explain`: a page's request, followed through the browser and the policy.

mod assumptions;
mod one;
mod table;

use cors_model::{Cors, PageRequest, PageRequestError};
use http::{HeaderName, HeaderValue};

use crate::args::Explain;
use crate::explain::assumptions::Assumptions;
use crate::file::File;
use crate::{Misuse, Outcome, report};

pub(crate) fn run(explain: &Explain) -> Result<Outcome, Misuse> {
    let file = File::read(&explain.file)?;
    let path = path(&explain.path)?;
    // What is misused is known before the file is.
    let request = request(explain, explain.method.as_deref().unwrap_or("GET"))?;
    let (cors, _) = match file.build() {
        Ok(built) => built,
        Err(errors) => return Ok(Outcome { text: report::text(&file, &errors), code: 1 }),
    };
    let assumptions = Assumptions::new(explain, &cors, &file)?;
    let text = match explain.method {
        Some(_) => one::text(&assumptions.exchange(&cors, path, &request), path, &assumptions),
        None => table::text(&cors, path, &requests(explain, &cors)?, &assumptions),
    };
    Ok(Outcome { text, code: 0 })
}

/// The same request with each method.
fn requests(explain: &Explain, cors: &Cors) -> Result<Vec<PageRequest>, Misuse> {
    table::methods(cors).iter().map(|method| request(explain, method)).collect()
}

fn request(explain: &Explain, method: &str) -> Result<PageRequest, Misuse> {
    let mut request = PageRequest::new(&explain.origin, method).map_err(misuse)?;
    for line in &explain.headers {
        let (name, value) = header(line)?;
        request = request.header(name, value).map_err(misuse)?;
    }
    Ok(if explain.credentials { request.with_credentials() } else { request })
}

fn misuse(error: PageRequestError) -> Misuse {
    let help = match &error {
        PageRequestError::ForbiddenHeader(name) if *name == http::header::COOKIE => ": write --credentials",
        _ => "",
    };
    Misuse(format!("{error}{help}"))
}

/// A header as `NAME` or `NAME: VALUE`.
fn header(line: &str) -> Result<(HeaderName, HeaderValue), Misuse> {
    let (name, value) = line.split_once(':').unwrap_or((line, "..."));
    let name = HeaderName::from_bytes(name.trim().as_bytes());
    let value = HeaderValue::from_str(value.trim());
    name.ok().zip(value.ok()).ok_or_else(|| {
        Misuse(format!("--header {line:?}: write the name of a header, or a header as 'X-Id: 1'"))
    })
}

/// The path without a query, which no policy looks at.
fn path(text: &str) -> Result<&str, Misuse> {
    let path = text.split(['?', '#']).next().unwrap_or_default();
    if path.starts_with('/') {
        return Ok(path);
    }
    let help = match path.split_once("://") {
        Some((_, rest)) => {
            format!("write it without the origin: {}", rest.find('/').map_or("/", |at| &rest[at..]))
        }
        None => "it begins with a slash".into(),
    };
    Err(Misuse(format!("--path {text:?}: {help}")))
}
