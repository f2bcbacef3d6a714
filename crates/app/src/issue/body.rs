//! Which body a face speaks of: found by its key, or new (architecture.md 5, "Body").

use crate::{App, Result};
use domain::{BodyId, Face, Uscc, name_key};
use std::collections::hash_map::Entry;
use std::collections::{HashMap, HashSet};
use store::Reader;
use store::body::Body;

/// What makes two bodies one.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum BodyKey {
    /// An independent body's own code.
    Own(Uscc),
    /// A body that is not independent: its legal person's code and its name.
    Under(Uscc, String),
    /// A taken-over body that has only a legacy organisation code.
    Legacy(String),
    /// A taken-over body of which only the name is known.
    Named(String),
}

impl BodyKey {
    /// The key a face gives.
    pub(crate) fn of(face: &Face) -> BodyKey {
        let independent = face.legal_kind.is_none_or(|k| k.independent);
        let parent = face.parent.as_ref().and_then(|p| p.uscc);
        match (face.uscc, parent) {
            // A body that is not independent often repeats its legal person's code as its own: that is no own code.
            (Some(own), Some(parent)) if !independent && own == parent => {
                BodyKey::Under(parent, name_key(&face.body_name))
            }
            (Some(own), _) => BodyKey::Own(own),
            (None, Some(parent)) => BodyKey::Under(parent, name_key(&face.body_name)),
            (None, None) => match face.org_code {
                Some(code) => BodyKey::Legacy(code.as_str().to_owned()),
                None => BodyKey::Named(name_key(&face.body_name)),
            },
        }
    }

    /// Whether a stored body is the one.
    pub(crate) fn names(&self, body: &Body) -> bool {
        match self {
            BodyKey::Own(own) => body.own_uscc == Some(*own),
            BodyKey::Under(parent, name) => {
                body.own_uscc.is_none() && body.parent_uscc == Some(*parent) && body.name_key == *name
            }
            BodyKey::Legacy(code) => body.org_code.as_deref() == Some(code),
            BodyKey::Named(name) => {
                body.own_uscc.is_none()
                    && body.parent_uscc.is_none()
                    && body.org_code.is_none()
                    && body.name_key == *name
            }
        }
    }
}

/// A body as a face describes it.
pub(crate) fn described(id: BodyId, face: &Face) -> Body {
    let (own_uscc, parent_uscc) = match BodyKey::of(face) {
        BodyKey::Own(own) => (Some(own), face.parent.as_ref().and_then(|p| p.uscc)),
        BodyKey::Under(parent, _) => (None, Some(parent)),
        BodyKey::Legacy(_) | BodyKey::Named(_) => (None, None),
    };
    Body {
        id,
        own_uscc,
        parent_uscc,
        org_code: face.org_code.map(|o| o.as_str().to_owned()),
        name_key: name_key(&face.body_name),
        name: face.body_name.clone(),
        other_name: face.other_name.clone(),
        parent_name: face.parent.as_ref().map(|p| p.name.clone()).unwrap_or_default(),
        division: face.division,
        xpcc: face.xpcc,
        merged_into: None,
    }
}

/// A stored body that a face names.
#[derive(Clone, Debug)]
pub(crate) struct Known {
    /// The row that has the code or the name.
    pub(crate) row: Body,
    /// The body into which it was merged, if it was.
    into: Option<Body>,
}

impl Known {
    /// The body that stays: its certificates are those that are meant.
    pub(crate) fn body(&self) -> &Body {
        self.into.as_ref().unwrap_or(&self.row)
    }

    /// Whether it goes by this name, as the body that stays or as the one that was merged.
    pub(crate) fn is_called(&self, key: &str) -> bool {
        let called = |body: &Body| body.name_key == key || name_key(&body.other_name) == key;
        called(&self.row) || self.into.as_ref().is_some_and(called)
    }
}

/// Rows with the bodies into which they were merged; those that were not come first.
async fn led(reader: Reader<'_>, rows: Vec<Body>) -> Result<Vec<Known>> {
    let merged: Vec<i64> = rows.iter().filter_map(|row| row.merged_into).map(|id| id.0).collect();
    let stay = if merged.is_empty() { Vec::new() } else { store::body::by_ids(reader, merged).await? };
    let led = |row: Body| {
        let into = stay.iter().find(|body| Some(body.id) == row.merged_into).cloned();
        Known { row, into }
    };
    let mut known: Vec<Known> = rows.into_iter().map(led).collect();
    if !stay.is_empty() {
        known.sort_by_key(|it| it.into.is_some());
    }
    Ok(known)
}

/// The stored bodies of these faces, by key; and all bodies of the same names, for the warning about near-duplicates.
pub(crate) async fn find(
    reader: Reader<'_>,
    faces: &[&Face],
) -> Result<(HashMap<BodyKey, Known>, Vec<Known>)> {
    let keys: Vec<BodyKey> = faces.iter().map(|f| BodyKey::of(f)).collect();
    let mut own = Vec::new();
    let mut legacy = Vec::new();
    for key in &keys {
        match key {
            BodyKey::Own(uscc) => own.push(uscc.as_str().to_owned()),
            BodyKey::Legacy(code) => legacy.push(code.clone()),
            BodyKey::Under(..) | BodyKey::Named(_) => {}
        }
    }
    let mut names: Vec<String> = faces.iter().map(|f| name_key(&f.body_name)).collect();
    names.sort_unstable();
    names.dedup();
    let named = store::body::by_name_keys(reader, names).await?;
    let with_name: HashSet<BodyId> = named.iter().map(|body| body.id).collect();
    let mut all = named;
    if !own.is_empty() {
        all.extend(store::body::by_own_usccs(reader, own).await?);
    }
    if !legacy.is_empty() {
        all.extend(store::body::by_org_codes(reader, legacy).await?);
    }
    let all = led(reader, all).await?;
    let mut found = HashMap::new();
    let mut by_key: HashMap<BodyKey, &Known> = HashMap::new();
    for known in &all {
        for key in keys_of(&known.row) {
            by_key.entry(key).or_insert(known);
        }
    }
    for key in keys {
        if let Some(known) = by_key.get(&key).filter(|known| key.names(&known.row)) {
            found.insert(key, (*known).clone());
        }
    }
    let mut named = all;
    named.retain(|known| with_name.contains(&known.row.id));
    Ok((found, named))
}

/// The keys under which a stored body is looked for.
fn keys_of(body: &Body) -> Vec<BodyKey> {
    let mut keys = Vec::new();
    match (body.own_uscc, body.parent_uscc) {
        (Some(own), _) => keys.push(BodyKey::Own(own)),
        (None, Some(parent)) => keys.push(BodyKey::Under(parent, body.name_key.clone())),
        (None, None) if body.org_code.is_none() => keys.push(BodyKey::Named(body.name_key.clone())),
        (None, None) => {}
    }
    keys.extend(body.org_code.clone().map(BodyKey::Legacy));
    keys
}

/// The bodies of a chunk of faces.
pub(super) struct Bodies {
    /// Whose each face is: the body that stays.
    pub(super) ids: HashMap<BodyKey, BodyId>,
    /// Those of them that exist, with those that were merged into them and are named here.
    pub(super) known: Vec<BodyId>,
    /// Those to be inserted.
    pub(super) fresh: Vec<Body>,
}

/// What a change does to the body of its certificate.
pub(super) struct After {
    /// The row that is set as the new face says; none where no row is known to be meant.
    pub(super) row: Option<Body>,
    /// Which row names whose certificate it is from then on: where that leads is known once it is held.
    pub(super) at: BodyId,
    /// All rows this was read from.
    pub(super) known: Vec<BodyId>,
}

impl App {
    /// Bodies for the faces of one chunk: those that exist, and those to be inserted with fresh ids.
    pub(super) async fn bodies(&self, faces: &[&Face]) -> Result<Bodies> {
        let (found, _) = find((&self.db).into(), faces).await?;
        let mut known: Vec<BodyId> = found.values().flat_map(|it| [it.row.id, it.body().id]).collect();
        known.sort_unstable();
        known.dedup();
        let mut ids: HashMap<BodyKey, BodyId> =
            found.into_iter().map(|(key, known)| (key, known.body().id)).collect();
        let mut fresh = Vec::new();
        for face in faces {
            let key = BodyKey::of(face);
            if let Entry::Vacant(new) = ids.entry(key) {
                let id = BodyId(self.ids("body", 1).await?);
                fresh.push(described(id, face));
                new.insert(id);
            }
        }
        // In one order for all: two who insert the same bodies at once wait for each other, never in a circle.
        fresh.sort_by_cached_key(|body| (body.own_uscc.map(|code| code.to_string()), body.name_key.clone()));
        Ok(Bodies { ids, known, fresh })
    }

    /// The body after a change: the one the new face names; else the row that the old face named, with what the new one says
    /// of it; else the present body. Where others were merged into that, a face that names none of them says nothing of it:
    /// it would be renamed by a certificate that came to it under another name.
    pub(super) async fn body_after(&self, of: BodyId, old: &Face, new: &Face) -> Result<After> {
        let reader = (&self.db).into();
        let (mut found, _) = find(reader, &[new, old]).await?;
        let named = found.remove(&BodyKey::of(new));
        let before = found.remove(&BodyKey::of(old)).filter(|it| it.body().id == of);
        if let Some(known) = named.or(before) {
            let (at, body) = (known.row.id, known.body().id);
            return Ok(After { row: Some(described(at, new)), at, known: vec![at, body, of] });
        }
        let alone = store::body::merged_into(reader, vec![of.0]).await?.is_empty();
        Ok(After { row: alone.then(|| described(of, new)), at: of, known: vec![of] })
    }
}
