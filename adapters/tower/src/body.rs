use std::{any::Any, mem::take};

use bytes::Bytes;

/// Makes the body of a refused preflight, which is a short text. The body of an allowed preflight is `B::default()`, which is empty.
pub trait MakeBody<B> {
    /// A body of this text.
    fn text(&self, text: Bytes) -> B;
}

/// Writes the text into a body of a known type: axum's `Body` (feature `axum`), [`Bytes`], `Vec<u8>` or `String`. For any other
/// type the body is `B::default()`, which is empty.
#[derive(Clone, Copy, Debug, Default)]
pub struct KnownBody;

impl<B: Default + 'static> MakeBody<B> for KnownBody {
    fn text(&self, mut text: Bytes) -> B {
        let mut body = None::<B>;
        #[cfg(feature = "axum")]
        fill(&mut body, || axum::body::Body::from(take(&mut text)));
        fill(&mut body, || take(&mut text));
        fill(&mut body, || Vec::from(take(&mut text)));
        fill(&mut body, || String::from_utf8_lossy(&text).into_owned());
        body.unwrap_or_default()
    }
}

/// Makes a body if the slot, an `Option`, is for one of this type.
fn fill<K: 'static>(slot: &mut dyn Any, make: impl FnOnce() -> K) {
    if let Some(slot) = slot.downcast_mut::<Option<K>>() {
        *slot = Some(make());
    }
}

/// For bodies that implement `From<Bytes>`, such as those of axum and warp. Pass it to
/// [`CorsLayer::make_body`](crate::CorsLayer::make_body).
#[derive(Clone, Copy, Debug, Default)]
pub struct FromBytes;

impl<B: From<Bytes>> MakeBody<B> for FromBytes {
    fn text(&self, text: Bytes) -> B {
        text.into()
    }
}

impl<B, F: Fn(Bytes) -> B> MakeBody<B> for F {
    fn text(&self, text: Bytes) -> B {
        self(text)
    }
}
