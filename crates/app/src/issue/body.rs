//! Which body a face speaks of: found by its key, or new (architecture.md 5, "Body").

use crate::{App, Result};
use domain::{BodyId, Face, Uscc, name_key};
use std::collections::HashMap;
use std::collections::hash_map::Entry;
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
    fn is(&self, body: &Body) -> bool {
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
    }
}

/// The stored bodies of these faces, by key; and all bodies of the same names, for the warning about near-duplicates.
pub(crate) async fn find(reader: Reader<'_>, faces: &[&Face]) -> Result<(HashMap<BodyKey, Body>, Vec<Body>)> {
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
    let mut all = named.clone();
    if !own.is_empty() {
        all.extend(store::body::by_own_usccs(reader, own).await?);
    }
    if !legacy.is_empty() {
        all.extend(store::body::by_org_codes(reader, legacy).await?);
    }
    let mut found = HashMap::new();
    let mut by_key: HashMap<BodyKey, &Body> = HashMap::new();
    for body in &all {
        for key in keys_of(body) {
            by_key.entry(key).or_insert(body);
        }
    }
    for key in keys {
        if let Some(body) = by_key.get(&key).filter(|b| key.is(b)) {
            found.insert(key, (*body).clone());
        }
    }
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

impl App {
    /// Bodies for the faces of one chunk: those that exist, and those to be inserted with fresh ids.
    pub(super) async fn bodies(&self, faces: &[&Face]) -> Result<(HashMap<BodyKey, BodyId>, Vec<Body>)> {
        let (found, _) = find((&self.db).into(), faces).await?;
        let mut ids: HashMap<BodyKey, BodyId> = found.into_iter().map(|(key, body)| (key, body.id)).collect();
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
        Ok((ids, fresh))
    }
}
