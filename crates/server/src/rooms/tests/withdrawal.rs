//! Who sits down, and who not, when the invitation is withdrawn.

use super::*;

fn withdraw(named: &[u8]) -> Ask {
    Ask::Withdraw { peers: named.iter().map(|n| peer(*n)).collect() }
}

fn stolen(n: u8) -> Entry {
    Entry { resume: SecretHash::chosen([0xee; 32]), ..entry(n) }
}

#[test]
fn whoever_is_new_learns_no_more_than_by_a_wrong_token() {
    for create in [true, false] {
        let mut hall = Hall::new(LIMITS);
        let [first, second] = [hall.seated(1), hall.seated(2)];
        assert!(hall.ask(first, 1, withdraw(&[])).ok);
        let stranger = hall.open();
        let wrong = Entry { token: SecretHash::chosen([9; 32]), create, ..entry(3) };
        let right = Entry { create, ..entry(3) };
        let refused = hall.join(stranger, wrong);
        assert_eq!(hall.join(stranger, right), refused);
        assert_eq!(code(&refused), ReplyCode::RoomRefused);
        assert!(hall.signal(second, 2, 1, "still here").ok);
        assert_eq!(hall.bodies(first), [(peer(2), "still here".to_owned())]);
    }
    // Where rooms are made for a key only, the answers are others, and alike too.
    let mut hall = Hall::new(Limits { create_key: Some(SecretHash::chosen([0x6b; 32])), ..LIMITS });
    let [owner, stranger] = [ADDRESS, AddressKey::V4([192, 0, 2, 2])].map(|address| hall.open_from(address));
    assert!(hall.join(owner, Entry { key: Some(SecretHash::chosen([0x6b; 32])), ..entry(1) }).ok);
    assert!(hall.ask(owner, 1, withdraw(&[])).ok);
    let wrong = hall.join(stranger, Entry { token: SecretHash::chosen([9; 32]), ..entry(3) });
    assert_eq!(hall.join(stranger, entry(3)), wrong);
}

#[test]
fn who_sat_there_comes_back_when_its_grace_is_over_and_nobody_in_its_place() {
    let mut hall = Hall::new(LIMITS);
    let [first, second] = [hall.seated(1), hall.seated(2)];
    hall.close(second);
    // In grace it sits there too.
    assert!(hall.ask(first, 1, withdraw(&[])).ok);
    hall.pass(60_000);
    let thief = hall.open();
    assert_eq!(code(&hall.join(thief, stolen(2))), ReplyCode::RoomRefused);
    hall.seated(2);
}

#[test]
fn who_is_named_comes_back_once_with_whatever_secret_and_then_with_that_only() {
    let mut hall = Hall::new(LIMITS);
    let first = hall.seated(1);
    assert!(hall.ask(first, 1, withdraw(&[2])).ok);
    let named = hall.seated(2);
    hall.close(named);
    hall.pass(60_000);
    let thief = hall.open();
    assert_eq!(code(&hall.join(thief, stolen(2))), ReplyCode::RoomRefused);
    hall.seated(2);
}

#[test]
fn a_wrong_token_binds_no_named_seat() {
    let mut hall = Hall::new(LIMITS);
    let first = hall.seated(1);
    assert!(hall.ask(first, 1, withdraw(&[2])).ok);
    let stranger = hall.open();
    let wrong = Entry { token: SecretHash::chosen([9; 32]), ..stolen(2) };
    assert_eq!(code(&hall.join(stranger, wrong)), ReplyCode::RoomRefused);
    hall.seated(2);
}

#[test]
fn a_second_withdrawal_lets_nobody_in() {
    let mut hall = Hall::new(LIMITS);
    let first = hall.seated(1);
    assert!(hall.ask(first, 1, withdraw(&[])).ok);
    assert!(hall.ask(first, 2, withdraw(&[3])).ok);
    let stranger = hall.open();
    assert_eq!(code(&hall.join(stranger, entry(3))), ReplyCode::RoomRefused);
}

#[test]
fn only_who_sits_in_the_room_can_withdraw() {
    let mut hall = Hall::new(LIMITS);
    let first = hall.seated(1);
    let outside = hall.open();
    assert_eq!(code(&hall.ask(outside, 1, withdraw(&[]))), ReplyCode::NotInRoom);
    hall.seated(2);
    hall.ask(first, 2, Ask::Leave);
    assert_eq!(code(&hall.ask(first, 3, withdraw(&[]))), ReplyCode::NotInRoom);
    hall.seated(3);
}

#[test]
fn with_the_room_its_withdrawal_is_forgotten() {
    let mut hall = Hall::new(LIMITS);
    let first = hall.seated(1);
    assert!(hall.ask(first, 1, withdraw(&[])).ok);
    hall.ask(first, 2, Ask::Leave);
    let stranger = hall.open();
    assert_eq!(code(&hall.join(stranger, entry(2))), ReplyCode::RoomRefused, "an empty one too");
    hall.pass(1_000_000);
    assert!(hall.join(stranger, entry(2)).ok);
}
