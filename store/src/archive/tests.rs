//! Bodies in and out, by one process and by several, whole and damaged, in packs and alone.

use tempfile::TempDir;

use super::*;

/// Small enough that a few bodies fill a pack.
const SMALL_PACK: u64 = 600;

fn archive() -> (TempDir, Packs) {
    let folder = TempDir::new().unwrap();
    let archive = Packs::open(&folder.path().join("made/on/the/way")).unwrap();
    (folder, archive)
}

fn small(root: &Path) -> Packs {
    Packs::open_on(root, Arc::new(SystemDisk), SMALL_PACK).unwrap()
}

/// A body that does not shrink: 200 bytes of a row of numbers (the constants are Knuth's).
fn noise(seed: u64) -> Vec<u8> {
    let mut state = seed;
    let next = |_| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        state.to_be_bytes()[0]
    };
    (0..200).map(next).collect()
}

fn put_settled(archive: &Packs, body: &[u8]) -> ContentHash {
    let content = archive.put(body).unwrap();
    archive.settled(&content);
    content
}

fn take_out(archive: &Packs, contents: &[ContentHash]) {
    let sweep = archive.sweep().unwrap();
    let bodies = archive.bodies().unwrap();
    for body in bodies.iter().filter(|body| contents.contains(&body.content)) {
        assert!(sweep.remove(body).unwrap());
    }
    sweep.finish().unwrap();
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let mut files: Vec<PathBuf> =
        entries.flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] }).collect();
    files.sort();
    files
}

fn pack_bytes(archive: &Packs) -> u64 {
    let packs = files(&archive.packs).into_iter().filter(|path| path.extension().is_some_and(|end| end == "pack"));
    packs.map(|path| std::fs::metadata(path).unwrap().len()).sum()
}

/// Flips a byte of the stored bytes of a body, wherever it lies.
fn damage(archive: &Packs, content: &ContentHash) {
    let place = lock(&archive.kept().unwrap().shelf).place(&bytes_of(content).unwrap()).unwrap();
    let path = pack_path(&archive.packs, place.pack);
    let mut bytes = std::fs::read(&path).unwrap();
    bytes[place.at as usize + HEADER_BYTES + 3] ^= 1;
    std::fs::write(path, bytes).unwrap();
}

/// Writes a body as archives did before there were packs.
fn put_alone(root: &Path, body: &[u8]) -> ContentHash {
    let content = ContentHash::of(body);
    let path = loose::path(root, &content).unwrap();
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(path, zstd::encode_all(body, 3).unwrap()).unwrap();
    content
}

#[test]
fn bodies_come_back_under_their_hash() {
    let (_folder, archive) = archive();
    for body in [b"".as_slice(), "出口年增43.4%".as_bytes(), &[0xff; 70_000]] {
        let hash = archive.put(body).unwrap();
        assert_eq!(hash, ContentHash::of(body));
        assert_eq!(archive.get(&hash).unwrap(), body);
        assert_eq!(Packs::open(&archive.root).unwrap().get(&hash).unwrap(), body);
    }
}

#[test]
fn bodies_put_together_share_a_pack() {
    let (_folder, archive) = archive();
    let bodies: Vec<Vec<u8>> = (0..20).map(noise).collect();
    let names: Vec<ContentHash> = bodies.iter().map(|body| ContentHash::of(body)).collect();
    let mut pairs: Vec<(&ContentHash, &[u8])> = names.iter().zip(bodies.iter().map(Vec::as_slice)).collect();
    pairs.push((&names[3], &bodies[3]));
    archive.put_all(&pairs).unwrap();
    archive.put_all(&pairs[5..]).unwrap();
    assert_eq!((files(&archive.root).len(), archive.usage().unwrap().bodies), (1, 20));
    let names_with_bodies = names.iter().zip(&bodies);
    assert!(names_with_bodies.clone().all(|(name, body)| archive.get(name).unwrap() == *body));
}

#[test]
fn a_body_is_written_once() {
    let (_folder, archive) = archive();
    let hash = archive.put(b"body").unwrap();
    let (usage, bytes) = (archive.usage().unwrap(), pack_bytes(&archive));
    assert_eq!(archive.put(b"body").unwrap(), hash);
    let root = archive.root.clone();
    drop(archive);
    let again = Packs::open(&root).unwrap();
    assert_eq!(again.put(b"body").unwrap(), hash);
    assert_eq!((again.usage().unwrap(), pack_bytes(&again)), (usage, bytes));
    assert!(usage.bytes > 0);
}

#[test]
fn an_archive_that_is_opened_twice_has_two_packs_and_both_are_read() {
    let (_folder, first) = archive();
    let second = Packs::open(&first.root).unwrap();
    let one = first.put(b"one").unwrap();
    let two = second.put(b"two").unwrap();
    let three = first.put(b"three").unwrap();
    assert_eq!(files(&first.root).len(), 2);
    for archive in [&first, &second] {
        for (hash, body) in [(&one, &b"one"[..]), (&two, b"two"), (&three, b"three")] {
            assert_eq!(archive.get(hash).unwrap(), body);
        }
    }
    assert!(matches!(second.get(&ContentHash::of(b"never put")), Err(ArchiveError::Missing(_))));
}

#[test]
fn full_packs_are_closed_and_opened_again_by_their_index() {
    let folder = TempDir::new().unwrap();
    let archive = small(folder.path());
    let names: Vec<ContentHash> = (0..9).map(|seed| put_settled(&archive, &noise(seed))).collect();
    let indexes = || files(&archive.packs).iter().filter(|path| path.extension().unwrap() == "index").count();
    assert_eq!(indexes(), 2, "{:?}", files(&archive.packs));
    let usage = archive.usage().unwrap();
    let again = small(folder.path());
    assert_eq!(again.usage().unwrap(), usage);
    // Without its index, or with a damaged one, a pack is read.
    for path in files(&archive.packs).into_iter().filter(|path| path.extension().unwrap() == "index") {
        std::fs::write(path, b"no index").unwrap();
    }
    let again = small(folder.path());
    assert_eq!(again.usage().unwrap(), usage);
    assert!(names.iter().zip(0..).all(|(name, seed)| again.get(name).unwrap() == noise(seed)));
}

#[test]
fn a_damaged_body_is_named_and_written_again_when_it_comes_again() {
    let (_folder, archive) = archive();
    let bodies: Vec<ContentHash> = (0..3).map(|seed| archive.put(&noise(seed)).unwrap()).collect();
    damage(&archive, &bodies[1]);
    let fresh = Packs::open(&archive.root).unwrap();
    for archive in [&archive, &fresh] {
        assert!(matches!(archive.get(&bodies[1]), Err(ArchiveError::Damaged(named)) if named == bodies[1]));
        assert!(archive.get(&bodies[0]).is_ok() && archive.get(&bodies[2]).is_ok());
    }
    archive.put(&noise(1)).unwrap();
    assert_eq!(archive.get(&bodies[1]).unwrap(), noise(1));
    assert_eq!(Packs::open(&archive.root).unwrap().get(&bodies[1]).unwrap(), noise(1));
}

#[test]
fn names_that_are_no_hashes_lead_nowhere() {
    let (folder, archive) = archive();
    put_alone(&archive.root, b"so that files are looked for");
    std::fs::write(folder.path().join("secret.zst"), zstd::encode_all(b"secret".as_slice(), 3).unwrap()).unwrap();
    for name in ["", "../../../../secret", &"g".repeat(64), &"é".repeat(32), &"A".repeat(64)] {
        assert!(matches!(archive.get(&ContentHash::new(name)), Err(ArchiveError::Missing(_))), "{name}");
    }
    assert!(matches!(archive.get(&ContentHash::of(b"never put")), Err(ArchiveError::Missing(_))));
}

#[test]
fn a_body_that_cannot_be_written_leaves_nothing() {
    let (_folder, archive) = archive();
    let hash = ContentHash::of(b"body");
    std::fs::write(&archive.packs, b"a file where the folder should be").unwrap();
    assert!(matches!(archive.put(b"body"), Err(ArchiveError::Io { .. })));
    std::fs::remove_file(&archive.packs).unwrap();
    assert!(matches!(archive.get(&hash), Err(ArchiveError::Missing(_))));
    assert_eq!(archive.put(b"body").unwrap(), hash);
    assert_eq!(archive.get(&hash).unwrap(), b"body");
}

#[test]
fn the_same_body_from_many_threads_is_written_once() {
    let (_folder, archive) = archive();
    let threads: Vec<_> = (0..8)
        .map(|_| {
            let archive = archive.clone();
            std::thread::spawn(move || archive.put(b"body").unwrap())
        })
        .collect();
    for thread in threads {
        assert_eq!(archive.get(&thread.join().unwrap()).unwrap(), b"body");
    }
    let bytes = lock(&archive.kept().unwrap().shelf).packs.values().map(|pack| pack.bytes).sum::<u64>();
    assert_eq!(archive.usage().unwrap().bytes + record::PACK_MAGIC.len() as u64, bytes);
}

#[test]
fn what_a_kill_left_of_a_write_is_cut_off() {
    let (_folder, archive) = archive();
    let names: Vec<ContentHash> = (0..3).map(|seed| archive.put(&noise(seed)).unwrap()).collect();
    let (root, path) = (archive.root.clone(), pack_path(&archive.packs, 0));
    drop(archive);
    let whole = std::fs::read(&path).unwrap();
    for lost in [1, 199, 230] {
        std::fs::write(&path, &whole[..whole.len() - lost]).unwrap();
        let archive = Packs::open(&root).unwrap();
        assert!(matches!(archive.get(&names[2]), Err(ArchiveError::Missing(_))));
        assert_eq!(archive.get(&names[1]).unwrap(), noise(1));
        archive.put(&noise(2)).unwrap();
        assert_eq!(std::fs::read(&path).unwrap(), whole, "cut and written again at the same place");
    }
}

#[test]
fn bodies_of_old_archives_are_read_kept_and_taken_out() {
    let folder = TempDir::new().unwrap();
    let [old, gone] = [b"old".as_slice(), b"old, and nobody needs it"].map(|body| put_alone(folder.path(), body));
    let archive = Packs::open(folder.path()).unwrap();
    assert_eq!(archive.get(&old).unwrap(), b"old");
    assert_eq!(put_settled(&archive, b"old"), old);
    assert!(!archive.packs.join("0000000000.pack").exists(), "it is not written a second time");
    let new = put_settled(&archive, b"new");
    let usage = archive.usage().unwrap();
    assert_eq!((usage.bodies, archive.bodies().unwrap().len()), (3, 3));
    take_out(&archive, std::slice::from_ref(&gone));
    assert!(matches!(archive.get(&gone), Err(ArchiveError::Missing(_))));
    assert!(archive.get(&old).is_ok() && archive.get(&new).is_ok());
    assert_eq!(archive.usage().unwrap(), Packs::open(folder.path()).unwrap().usage().unwrap());
    let path = loose::path(folder.path(), &old).unwrap();
    std::fs::write(path, b"damage").unwrap();
    assert!(matches!(archive.get(&old), Err(ArchiveError::Damaged(named)) if named == old));
}

#[test]
fn packs_that_are_mostly_unwanted_are_written_anew() {
    let folder = TempDir::new().unwrap();
    let archive = small(folder.path());
    let names: Vec<ContentHash> = (0..30).map(|seed| put_settled(&archive, &noise(seed))).collect();
    let before = pack_bytes(&archive);
    // Two of three from each pack, then one from each.
    let (kept, gone): (Vec<usize>, Vec<usize>) = (0..30).partition(|n| n % 3 == 0);
    take_out(&archive, &gone.iter().map(|n| names[*n].clone()).collect::<Vec<_>>());
    assert!(pack_bytes(&archive) * 2 < before, "{before} bytes became {}", pack_bytes(&archive));
    for archive in [&archive, &small(folder.path())] {
        assert!(kept.iter().all(|n| archive.get(&names[*n]).unwrap() == noise(*n as u64)));
        assert!(gone.iter().all(|n| matches!(archive.get(&names[*n]), Err(ArchiveError::Missing(_)))));
        assert_eq!(archive.usage().unwrap().bodies, 10);
    }
    let rest: Vec<ContentHash> = kept.iter().map(|n| names[*n].clone()).collect();
    take_out(&archive, &rest);
    assert_eq!((pack_bytes(&archive), archive.usage().unwrap()), (0, Usage::default()));
}

#[test]
fn what_is_taken_out_of_a_pack_that_stays_is_gone_after_a_restart() {
    let folder = TempDir::new().unwrap();
    let archive = small(folder.path());
    let names: Vec<ContentHash> = (0..3).map(|seed| put_settled(&archive, &noise(seed))).collect();
    take_out(&archive, &names[..1]);
    drop(archive);
    let archive = small(folder.path());
    assert!(matches!(archive.get(&names[0]), Err(ArchiveError::Missing(_))));
    assert!(archive.get(&names[1]).is_ok());
    assert_eq!(put_settled(&archive, &noise(0)), names[0]);
    assert_eq!(archive.get(&names[0]).unwrap(), noise(0));
}

#[test]
fn readers_are_not_disturbed_while_packs_are_written_anew() {
    let folder = TempDir::new().unwrap();
    let archive = small(folder.path());
    let names: Vec<ContentHash> = (0..60).map(|seed| put_settled(&archive, &noise(seed))).collect();
    let (stay, go): (Vec<usize>, Vec<usize>) = (0..60).partition(|n| n % 4 == 0);
    let elsewhere = small(folder.path());
    assert_eq!(elsewhere.usage().unwrap().bodies, 60);
    std::thread::scope(|scope| {
        for reader in [&archive, &elsewhere] {
            let (names, stay) = (&names, &stay);
            scope.spawn(move || {
                for _ in 0..20 {
                    for n in stay {
                        assert_eq!(reader.get(&names[*n]).unwrap(), noise(*n as u64));
                    }
                }
            });
        }
        for part in go.chunks(9) {
            take_out(&archive, &part.iter().map(|n| names[*n].clone()).collect::<Vec<_>>());
        }
    });
    assert_eq!(archive.usage().unwrap().bodies, 15);
}
