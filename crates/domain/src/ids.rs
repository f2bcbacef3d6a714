//! One id type per table, so that no row is looked up by another table's key.

macro_rules! ids {
    ($($name:ident $what:literal),* $(,)?) => {$(
        #[doc = $what]
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub i64);

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                write!(f, "{}", self.0)
            }
        }
    )*};
}

ids! {
    CertificateId "Key of a certificate.",
    BodyId "Key of a body.",
    PersonId "Key of a person's encrypted fields.",
    AccountId "Key of an account.",
    DraftId "Key of a draft.",
    BatchId "Key of an import.",
    JobId "Key of a background job.",
    ClientId "Key of a system that calls the interface.",
    RefusalId "Key of a refusal on record.",
    HookId "Key of an address that is told of events.",
    InspectorId "Key of an inspector of a pool.",
    DrawId "Key of a draw of bodies and inspectors.",
    InspectionId "Key of an inspection of a body.",
    RectificationId "Key of something that a body is to put right.",
    NoticeId "Key of a notice to a body.",
}
