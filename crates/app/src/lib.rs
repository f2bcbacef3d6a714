//! The verbs: who may, in which transaction, what is recorded. No HTTP, no SQL text.
//!
//! Every verb takes [`Ctx`] first and asks for the right in its first line; every writing verb leaves one event in its
//! own transaction. Read `issue` first (the one writer), then `funnel` (what stands before it).

mod access;
mod accounts;
mod acts;
mod admission;
mod alike;
mod annexes;
mod asked;
mod bodies;
mod bulletin;
mod certificates;
mod clock;
mod context;
mod counters;
mod days;
mod desk;
mod digest;
mod docking;
mod drafts;
mod entropy;
mod erase;
mod error;
mod excerpts;
mod export;
mod footing;
mod form;
mod funnel;
mod hashing;
mod hooks;
mod import;
mod inbox;
mod interface;
mod issue;
mod jobs;
mod keys;
mod listing;
mod merging;
mod open_data;
mod pasting;
mod pieces;
mod printing;
mod public_body;
mod quality;
mod register;
mod registry;
mod review;
mod searching;
pub mod sheet;
mod sight;
mod standing;
mod start;
mod statistics;
mod supervision;
mod tallying;
mod typed;
mod verify;
mod verify_list;
mod worklists;

pub use access::Access;
pub use accounts::{AccountInfo, Credentials, NewAccount, OwnSession, Session, SignedIn, Slip};
pub use acts::Decision;
pub use admission::{Admission, AdmissionAsk, Lead, NewRefusal, TakingBack};
pub use annexes::{AnnexPart, AnnexRead, Put};
pub use asked::{Asked, Mistyped};
pub use bodies::{BodiesNamed, BodyView, Found, Kin, MOST_FOUND, Place, Relation};
pub use bulletin::{BulletinView, Declaring};
pub use certificates::{Delivered, Detail, Page};
pub use clock::Clock;
pub use context::Ctx;
pub use counters::{CounterInfo, CounterPlace, CounterRef};
pub use desk::Desk;
pub use digest::{DigestLine, DigestView, told_to};
pub use docking::{
    DeclaredStep, DockingBoard, DockingDeadlines, DockingField, DockingForm, DockingNeed, DockingPart,
    DockingProblem, DockingRow, DockingSaved, DockingShape, DockingStage, DockingStanding, DockingView,
    Filing, StageState,
};
pub use drafts::DraftView;
pub use erase::{Erasable, Erasure};
pub use error::{AppError, Result};
pub use export::Export;
pub use footing::Footing;
pub use form::{Form, FormRow, LIKE_CERTIFICATE};
pub use funnel::Judged;
pub use hashing::{Hash, Hasher};
pub use hooks::{HOOK_KINDS, HookInfo, HookSpec, Message, NewHook, Outgoing, Receipt, is_public};
pub use import::{
    Committed, Extent, FaceChange, LineChanges, LineDone, PlannedLine, Report, RowsChange, Upload,
};
pub use interface::{
    Assigning, CallAct, Caller, ChangeEntry, Changes, Claimed, ClientInfo, ClientSpec, CollectAsk,
    CollectedFile, ConcernEntry, Cursor, Differences, Different, Effect, Fault, FetchedCertificate,
    FetchedEdition, Gravity, IssuedKey, IssuedSecret, IssuedToken, ItemAnswer, ItemOutcome, Kept, KeyInfo,
    LinkedCertificate, MOST_ASKED, MOST_BYTES, MOST_ENTRIES, MOST_FILE, MOST_LINES, Mode, ModeChange,
    Receiving, Reconciled, Reconciliation, SecretInfo, SignatureAlgorithm, SignatureError, SignatureInput,
    SigningKey, TokenAsk, TokenError, Unadopted, UnadoptedPage,
};
pub use issue::{Callers, Parcel, Populated, ReadyMade, Written};
pub use keys::{Bound, Keys};
pub use listing::ListFormat;
pub use merging::{ApartView, MergeAsk, MergePreview, MergeReason, Merged, PairPage, PairView, SplitPreview};
pub use open_data::{
    OPEN_CHUNK, OpenColumn, OpenFormat, OpenPublication, OpenSort, OpenSubject, open_columns,
};
pub use pasting::Pasted;
pub use printing::{
    BatchOrder, Bundle, CodeFile, CodeFormat, OpenLink, PrintJob, PrintOrder, PrintOutcome, Printed,
    Selection,
};
pub use public_body::BodyKey;
pub use quality::{QualityBoard, QualityCount, QualityPage, QualityRow, QualityShare, QualitySum};
pub use register::{AnnexPage, Comparison, Equipment, MOST_ROWS, RowChange};
pub use registry::{AuthoritySettings, CounterScope, founding_authorities, founding_codes};
pub use review::{FormDiff, Review, RowsDiff};
pub use search::{
    Answer, AsOf, BodyEntry, BodyHit, CertificateEntry, CertificateHit, Column, Dimension, Facet,
    Page as SearchPage, RowHit, Sort, Subject, WITHIN_DAYS, Word, WordNote,
};
pub use searching::{
    MOST_SAVED, Opened, PeerFound, SearchAsk, SearchExport, SearchState, Searched, ask_peer,
};
pub use statistics::{
    Behind, Cell, FigureAsk, FigureColumn, FigureReport, FigureRow, FigureSheet, Figures, SPANS,
    ShownFigures, Whose,
};
pub use supervision::{
    DrawDocument, DrawMismatch, DrawOrder, DrawView, DrawnEntry, InspectionView, InspectorView,
    NewInspection, NewInspector, NewNotice, NewRectification, NewStep, OpenRectification, PublicInspection,
    PublishedDraw, RectificationView,
};
pub use tallying::{Asker, Asking, Question};
pub use typed::Recording;
pub use verify::{Life, PublicCertificate, Verified};
pub use verify_list::{Checked, CheckedCertificate, MOST_CHECKED, listed};
pub use worklists::{WorkAct, WorkCertificate, WorkPage, WorkRow, Worklist};

/// Rows of the store as the verbs return them: the doors name them through here and never reach the store itself.
pub mod stored {
    pub use store::batch::{Batch, State as BatchState, Summary};
    pub use store::batch_answer::Answer as BatchAnswer;
    pub use store::batch_line::{Line, Outcome};
    pub use store::batch_problem::{BatchProblem, Count};
    pub use store::body::Body;
    pub use store::bulletin::{
        Bulletin, Done as BulletinDone, Listed as BulletinListed, Receipt as BulletinReceipt,
        Reply as BulletinReply,
    };
    pub use store::call_batch::{CallBatch, State as CallBatchState};
    pub use store::certificate::{Card, Filter, Head};
    pub use store::content::{Edition, Placed, Rows};
    pub use store::counter::Counter;
    pub use store::declared::Declared;
    pub use store::delivery::{Listed as Delivery, State as DeliveryState};
    pub use store::docking::Step as DockingStep;
    pub use store::draft::Head as DraftHead;
    pub use store::draw::{Draw, Made as DrawMade};
    pub use store::emergency::Emergency;
    pub use store::event::{Position, Recorded};
    pub use store::inbox::{Letter, MOST_COUNTED, Which};
    pub use store::inspection::{Inspection, Rectification, Step as RectificationRow};
    pub use store::inspector::{Inspector, Recusal};
    pub use store::job::{Job, State as JobState};
    pub use store::kin::Period;
    pub use store::link::Link;
    pub use store::notice::Notice;
    pub use store::open_data::{File as OpenFile, Release as OpenRelease};
    pub use store::pair::Pair;
    pub use store::peers::{Found as FoundByPeer, Peer, Stock};
    pub use store::personal::Part;
    pub use store::print::{Copy, PrintRecord};
    pub use store::quality::{Behind as QualityBehind, QualityProblem};
    pub use store::refusal::{Refusal, RefusalEnd};
    pub use store::saved_search::SavedSearch;
    pub use store::tables::{CodeEntry, CodeKind};
    pub use store::tally::{Added, HOURS, Of, Tally};
    pub use store::{Db, OpenOptions};
}

pub use entropy::{bytes as random, token as random_token};
pub use print::{FontFile, FontPaths, Parts as PrintedParts, Profile};
pub use start::{Missing, Places};
pub use store::{StoreError, Urgency};

use domain::{Code, CodeError, Realm, Tables};
use registry::PrintedNames;
use std::sync::{Arc, PoisonError, RwLock};
use store::Db;
use store::ids::Blocks;

/// What the operator decides, once, at start.
#[derive(Clone, Debug)]
pub struct Config {
    /// Where the public pages are reached, without a path: `https://cma.example.cn`. Printed in every QR.
    pub public_url: String,
    /// In earnest, for show, or for tests.
    pub footing: Footing,
    /// Whether notifications may go to private, loopback and link-local addresses (`hook_private`).
    pub hook_private: bool,
    /// Whether the server keeps the index (`search`): a node that only answers scans needs none.
    pub search: bool,
}

/// One running registry.
pub struct App {
    /// The store.
    pub(crate) db: Db,
    /// Where public reads go.
    pub(crate) near: Db,
    /// Keys of personal fields.
    pub(crate) keys: Keys,
    /// Now.
    pub(crate) clock: Clock,
    /// The operator's decisions.
    pub config: Config,
    /// Fonts for print and for the check of rare characters.
    pub(crate) fonts: Arc<print::FontSet>,
    /// The national template.
    pub(crate) template: Arc<print::Template>,
    /// Refusals and sign-ins to be written.
    pub(crate) access: Access,
    /// What was asked and is to be counted.
    pub(crate) counting: tallying::Counting,
    /// What this node's worker knows of items, by which the rules of data quality look at what just came.
    pub(crate) looking: quality::Looking,
    /// The index of this node.
    pub(crate) searching: searching::Searching,
    tables: RwLock<Arc<Tables>>,
    opened: RwLock<Arc<Opened>>,
    printed: RwLock<Arc<PrintedNames>>,
    /// Ids at hand.
    pub(crate) blocks: Blocks,
}

/// What an [`App`] is made of.
#[expect(missing_docs, reason = "each is documented at App")]
pub struct Parts {
    pub db: Db,
    pub keys: Keys,
    pub clock: Clock,
    pub config: Config,
    pub fonts: Arc<print::FontSet>,
    pub template: Arc<print::Template>,
}

/// Names of which ids are taken one by one: what people set up now and then, who see these numbers.
const RARE: [&str; 15] = [
    "account",
    "batch",
    "bulletin",
    "bulletin_reply",
    "client",
    "declared",
    "draft",
    "draw",
    "hook",
    "inspection",
    "inspector",
    "notice",
    "rectification",
    "refusal",
    "saved_search",
];

impl App {
    /// Opens the registry: the store must be migrated. Loads the code tables.
    pub async fn open(parts: Parts) -> Result<App> {
        let tables = store::tables::load((&parts.db).into(), parts.clock.now().day()).await?;
        let opened = Opened::of((&parts.db).into()).await?;
        let printed = registry::printed_names((&parts.db).into()).await?;
        Ok(App {
            near: parts.db.near(),
            db: parts.db,
            keys: parts.keys,
            clock: parts.clock,
            config: parts.config,
            fonts: parts.fonts,
            template: parts.template,
            access: Access::default(),
            counting: tallying::Counting::default(),
            looking: quality::Looking::default(),
            searching: searching::Searching::default(),
            tables: RwLock::new(Arc::new(tables)),
            opened: RwLock::new(Arc::new(opened)),
            printed: RwLock::new(Arc::new(printed)),
            blocks: Blocks::default(),
        })
    }

    /// Whether the store is the embedded one.
    pub fn is_embedded(&self) -> bool {
        matches!(self.db, Db::Lite(_))
    }

    /// Whose codes this registry makes and knows.
    pub fn realm(&self) -> Realm {
        self.config.footing.realm()
    }

    /// Reads a code that was scanned or typed, as one of this registry.
    pub fn read_code(&self, text: &str) -> Result<Code, CodeError> {
        Code::parse(text, self.realm())
    }

    /// A keyed hash for one purpose, the same on every node: what a node hands out, the others know as theirs.
    pub fn stamp(&self, purpose: &str, bytes: &[u8]) -> [u8; 32] {
        self.keys.stamp(purpose, bytes)
    }

    /// The code tables as they were last loaded.
    pub fn tables(&self) -> Arc<Tables> {
        self.tables.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Whose certificates the public can search, as it was last loaded: for an answer that may ask the store nothing more.
    pub fn platform_seen(&self) -> Arc<Opened> {
        self.opened.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The names that certificates bear, of authorities that set one, as last loaded.
    pub(crate) fn printed_names(&self) -> Arc<PrintedNames> {
        self.printed.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub(crate) fn put_opened(&self, opened: Opened) {
        *self.opened.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(opened);
    }

    /// Loads the code tables again, whose certificates the public can search, and the names that certificates bear, after a change here or on another node.
    /// The server also does so every minute.
    pub async fn reload_tables(&self) -> Result<()> {
        self.put_opened(self.platform().await?);
        let printed = registry::printed_names((&self.db).into()).await?;
        *self.printed.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(printed);
        let tables = store::tables::load((&self.db).into(), self.today()).await?;
        *self.tables.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(tables);
        Ok(())
    }

    /// The first of `n` fresh ids.
    pub(crate) async fn ids(&self, name: &'static str, n: u64) -> Result<i64> {
        Ok(match RARE.contains(&name) {
            true => store::ids::take(&self.db, name, n, Urgency::Act).await?,
            false => self.blocks.next(&self.db, name, n, Urgency::Act).await?,
        })
    }
}
