//! Each algorithm against the examples of its standard, against itself altered, and against OpenSSL.

use super::*;
use std::path::Path;
use std::process::Command;

fn bytes(hex: &str) -> Vec<u8> {
    data_encoding::HEXLOWER_PERMISSIVE.decode(hex.replace(' ', "").as_bytes()).unwrap()
}

fn key(algorithm: SignatureAlgorithm, text: &str) -> SigningKey {
    SigningKey::parse(algorithm, &Secret::new(text.into())).unwrap()
}

/// One key of each algorithm.
fn keys() -> Vec<SigningKey> {
    let shared = data_encoding::BASE64.encode(&[7; 32]);
    let private = "01".repeat(32);
    let text = |it: SignatureAlgorithm| if it.is_shared() { &shared } else { &private };
    SignatureAlgorithm::ALL.into_iter().map(|it| key(it, text(it))).collect()
}

// RFC 9421, appendix B.1.4 and B.1.5.
const ED25519_PUBLIC: &str = "-----BEGIN PUBLIC KEY-----
MCowBQYDK2VwAyEAJrQLj5P/89iXES9+vFgrIy29clF9CC/oPPsw3c5D0bs=
-----END PUBLIC KEY-----
";
const ED25519_PRIVATE: &str = "-----BEGIN PRIVATE KEY-----
MC4CAQAwBQYDK2VwBCIEIJ+DYvh6SEqVTm50DFtMDoQikTmiCqirVv9mWG9qfSnF
-----END PRIVATE KEY-----
";

// GB/T 32918.5-2017, appendix A.2.
const SM2_PRIVATE: &str = "3945208F 7B2144B1 3F36E38A C6D39F95 88939369 2860B51A 42FB81EF 4DF7C5B8";
const SM2_X: &str = "09F9DF31 1E5421A1 50DD7D16 1E4BC5C6 72179FAD 1833FC07 6BB08FF3 56F35020";
const SM2_Y: &str = "CCEA490C E26775A5 2DC6EA71 8CC1AA60 0AED05FB F35E084A 6632F607 2DA9AD13";
const SM2_R: &str = "F5A03B06 48D2C463 0EEAC513 E1BB81A1 5944DA38 27D5B741 43AC7EAC EEE720B3";
const SM2_S: &str = "B1B6AA29 DF212FD8 763182BC 0D421CA1 BB9038FD 1F7F42D4 840B69C4 85BBC1AA";

#[test]
fn sm2_takes_the_signature_of_the_standard_and_none_next_to_it() {
    let public = Sm2Sm3.public(&format!("04{SM2_X}{SM2_Y}").replace(' ', "")).unwrap();
    let signature = [bytes(SM2_R), bytes(SM2_S)].concat();
    assert!(Sm2Sm3.verifies(&public, b"message digest", &signature));
    assert!(!Sm2Sm3.verifies(&public, b"message digesu", &signature));
    let swapped = [bytes(SM2_S), bytes(SM2_R)].concat();
    assert!(!Sm2Sm3.verifies(&public, b"message digest", &swapped));
    let own = key(Sm2Sm3, &SM2_PRIVATE.replace(' ', ""));
    assert_eq!(own.public().unwrap(), data_encoding::HEXLOWER.encode(&public));
    assert!(Sm2Sm3.verifies(&public, b"message digest", &own.sign(b"message digest")));
}

#[test]
fn a_flipped_bit_of_base_or_signature_is_found_by_every_algorithm() {
    let base = b"\"@method\": POST";
    for key in keys() {
        let name = key.algorithm().key();
        let good = key.sign(base);
        assert!(key.verifies(base, &good), "{name}");
        assert_eq!(key.sign(base), good, "{name}: the same base gives the same signature");
        for bit in 0..base.len() * 8 {
            let mut other = base.to_vec();
            other[bit / 8] ^= 1 << (bit % 8);
            assert!(!key.verifies(&other, &good), "{name} base {bit}");
        }
        for bit in 0..good.len() * 8 {
            let mut other = good.clone();
            other[bit / 8] ^= 1 << (bit % 8);
            assert!(!key.verifies(base, &other), "{name} signature {bit}");
        }
        for other in [&[][..], &good[1..], &good[..good.len() - 1], &[&*good, &[0]].concat(), &[0; 64]] {
            assert!(!key.verifies(base, other), "{name} {}", other.len());
        }
    }
}

#[test]
fn a_key_signs_for_its_own_algorithm_only() {
    let keys = keys();
    for signer in &keys {
        for other in keys.iter().filter(|it| it.algorithm() != signer.algorithm()) {
            assert!(!other.verifies(b"x", &signer.sign(b"x")));
        }
    }
}

#[test]
fn public_keys_are_read_as_pem_and_hex_and_kept_as_bytes() {
    let raw = bytes("26b40b8f93fff3d897112f7ebc582b232dbd72517d082fe83cfb30ddce43d1bb");
    assert_eq!(Ed25519.public(ED25519_PUBLIC), Some(raw.clone()));
    assert_eq!(Ed25519.public(&ED25519_PUBLIC.replace('\n', "\r\n ")), Some(raw.clone()));
    assert_eq!(Ed25519.public(&data_encoding::HEXUPPER.encode(&raw)), Some(raw.clone()));
    assert_eq!(key(Ed25519, ED25519_PRIVATE).public(), Some(data_encoding::HEXLOWER.encode(&raw)));
    let point = format!("{SM2_X}{SM2_Y}").replace(' ', "");
    let whole = Sm2Sm3.public(&format!(" 04{point}\n")).unwrap();
    assert_eq!((whole.len(), whole[0]), (65, 4));
    assert_eq!(Sm2Sm3.public(&point), Some(whole));
}

#[test]
fn what_is_no_key_of_an_algorithm_is_none() {
    let off_curve = format!("04{SM2_X}{SM2_X}").replace(' ', "");
    let compressed = format!("03{SM2_X}").replace(' ', "");
    let weak = "01".to_owned() + &"00".repeat(31);
    for (algorithm, text) in [
        (Ed25519, ""),
        (Ed25519, "26b4"),
        (Ed25519, weak.as_str()),
        (Ed25519, ED25519_PRIVATE),
        (Sm2Sm3, ED25519_PUBLIC),
        (Sm2Sm3, off_curve.as_str()),
        (Sm2Sm3, compressed.as_str()),
        (Sm2Sm3, "-----BEGIN PUBLIC KEY-----\n-----END PUBLIC KEY-----"),
        (HmacSha256, ED25519_PUBLIC),
        (HmacSm3, "00"),
    ] {
        assert_eq!(algorithm.public(text), None, "{} {text}", algorithm.key());
    }
    let short = data_encoding::BASE64.encode(&[1; SHARED - 1]);
    for (algorithm, text) in
        [(HmacSha256, short.as_str()), (HmacSm3, "?"), (Ed25519, "01"), (Sm2Sm3, &"00".repeat(32))]
    {
        assert!(SigningKey::parse(algorithm, &Secret::new(text.into())).is_none(), "{text}");
    }
}

// ---------------------------------------------------------------- OpenSSL as a second opinion

/// Runs it in a folder; what it wrote to stdout.
fn openssl(folder: &Path, arguments: &str) -> Option<Vec<u8>> {
    let out = Command::new("openssl").args(arguments.split(' ')).current_dir(folder).output().ok()?;
    out.status.success().then_some(out.stdout)
}

/// Whether there is one that knows SM2 and SM3. The reason stands in the output of the test where there is none.
fn openssl_knows_sm2(folder: &Path) -> bool {
    let knows =
        openssl(folder, "genpkey -algorithm EC -pkeyopt ec_paramgen_curve:SM2 -out key.pem").is_some();
    if !knows {
        eprintln!("SKIPPED: there is no openssl (3.0 or later, with SM2) on this machine to compare with");
    }
    knows
}

#[test]
fn openssl_makes_the_same_codes_with_sm3() {
    let folder = tempfile::tempdir().unwrap();
    if !openssl_knows_sm2(folder.path()) {
        return;
    }
    for length in [0, 1, 55, 64, 200] {
        let base = vec![b'x'; length];
        std::fs::write(folder.path().join("base"), &base).unwrap();
        for (hash, key) in [("sm3", &keys()[1]), ("sha256", &keys()[0])] {
            let line = format!("dgst -{hash} -mac HMAC -macopt hexkey:{} -binary base", "07".repeat(32));
            assert_eq!(openssl(folder.path(), &line).unwrap(), key.sign(&base), "{hash} {length}");
        }
        let hash = openssl(folder.path(), "dgst -sm3 -binary base").unwrap();
        assert_eq!(hash, Hash::Sm3.of(&base), "{length}");
    }
}

#[test]
fn openssl_takes_our_sm2_signatures_and_we_take_its_own() {
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str| folder.path().join(name);
    for round in 0..4 {
        if !openssl_knows_sm2(folder.path()) {
            return;
        }
        openssl(folder.path(), "pkey -in key.pem -pubout -out public.pem").unwrap();
        let ours = key(Sm2Sm3, &std::fs::read_to_string(file("key.pem")).unwrap());
        let public = Sm2Sm3.public(&std::fs::read_to_string(file("public.pem")).unwrap()).unwrap();
        assert_eq!(ours.public().unwrap(), data_encoding::HEXLOWER.encode(&public));
        let base = format!("\"@method\": POST\n\"nonce\": {round}").into_bytes();
        std::fs::write(file("base"), &base).unwrap();
        // Without the identifier OpenSSL 3 takes an empty one, and without -rawin it takes the base for a hash.
        let how = "-rawin -digest sm3 -pkeyopt distid:1234567812345678 -in base";
        openssl(folder.path(), &format!("pkeyutl -sign -inkey key.pem {how} -out theirs")).unwrap();
        let theirs = sm2::dsa::Signature::from_der(&std::fs::read(file("theirs")).unwrap()).unwrap();
        assert!(Sm2Sm3.verifies(&public, &base, &theirs.to_bytes()), "round {round}");
        let der = sm2::dsa::Signature::from_slice(&ours.sign(&base)).unwrap().to_der();
        std::fs::write(file("ours"), der.as_bytes()).unwrap();
        let verify = format!("pkeyutl -verify -pubin -inkey public.pem {how} -sigfile ours");
        assert!(openssl(folder.path(), &verify).is_some(), "round {round}");
        std::fs::write(file("base"), b"another").unwrap();
        assert!(
            openssl(folder.path(), &verify).is_none(),
            "round {round}: OpenSSL refuses what we did not sign"
        );
    }
}
