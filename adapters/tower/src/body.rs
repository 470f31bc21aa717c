use bytes::Bytes;

/// Makes the body of a refused preflight: a short text. An allowed one has the body's `Default`, which is empty.
pub trait MakeBody<B> {
    /// A body of this text.
    fn text(&self, text: Bytes) -> B;
}

/// For bodies that can be made of bytes, such as those of axum and `http-body-util`'s `Full`.
#[derive(Clone, Copy, Debug, Default)]
pub struct FromText;

impl<B: From<Bytes>> MakeBody<B> for FromText {
    fn text(&self, text: Bytes) -> B {
        text.into()
    }
}

impl<B, F: Fn(Bytes) -> B> MakeBody<B> for F {
    fn text(&self, text: Bytes) -> B {
        self(text)
    }
}
