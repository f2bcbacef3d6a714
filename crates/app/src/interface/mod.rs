//! 联网: what the systems of authorities ask for through the interface. Tokens say who calls (`token`), signatures that nobody
//! altered it on its way (`signing`), record ids make calls safe to repeat (`work`), and whatever is written goes through the
//! one funnel and the one writer.

mod algorithm;
mod answer;
mod batches;
mod call_act;
mod changes;
mod clients;
mod collect;
mod declare;
mod fetch;
mod item;
mod mode;
mod signing;
mod status;
mod token;
mod unadopted;
mod work;

pub use algorithm::{SignatureAlgorithm, SigningKey};
pub use answer::{Effect, ItemAnswer, ItemOutcome, Kept};
pub(crate) use answer::{Effect as Done, Sent};
pub(crate) use batches::KIND as BATCH_KIND;
pub use batches::{MOST_BYTES, MOST_LINES, Receiving};
pub use call_act::CallAct;
pub use changes::{
    ChangeEntry, Changes, Claimed, ConcernEntry, Cursor, Differences, Different, MOST_ASKED, MOST_ENTRIES,
    Reconciled, Reconciliation,
};
pub(crate) use clients::network;
pub use clients::{ClientInfo, ClientSpec, IssuedSecret, SecretInfo};
pub use collect::{CollectAsk, CollectedFile, MOST_FILE};
pub use fetch::{FetchedCertificate, FetchedEdition, LinkedCertificate};
pub use item::{Fault, Gravity};
pub use mode::{Assigning, Mode, ModeChange};
pub use signing::{IssuedKey, KeyInfo, SignatureError, SignatureInput};
pub(crate) use status::kept;
pub use token::{Caller, IssuedToken, TokenAsk, TokenError};
pub use unadopted::{Unadopted, UnadoptedPage};
