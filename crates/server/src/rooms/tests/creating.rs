//! Who may have rooms made where a key is asked for.

use super::*;

const KEY: SecretHash = SecretHash::chosen([0x6b; 32]);
const OTHER: AddressKey = AddressKey::V4([192, 0, 2, 2]);
const ANOTHER_ROOM: RoomId = RoomId([8; 16]);

fn keyed() -> Hall {
    Hall::new(Limits { create_key: Some(KEY), ..LIMITS })
}

fn with_key(n: u8) -> Entry {
    Entry { key: Some(KEY), ..entry(n) }
}

#[test]
fn only_who_shows_the_key_has_a_room_made_and_whoever_holds_its_token_comes_in() {
    let mut hall = keyed();
    let [stranger, owner, guest] = [OTHER, ADDRESS, OTHER].map(|address| hall.open_from(address));
    let wrong = Entry { key: Some(SecretHash::chosen([1; 32])), ..entry(1) };
    for refused in [entry(1), wrong] {
        assert_eq!(code(&hall.join(stranger, refused)), ReplyCode::CreateRefused);
    }
    assert!(hall.join(owner, with_key(2)).ok);
    assert!(hall.join(guest, Entry { create: false, ..entry(3) }).ok);
}

#[test]
fn the_refusal_does_not_tell_whether_the_room_is_there() {
    let mut hall = keyed();
    let stranger = hall.open_from(OTHER);
    let wrong = Entry { token: SecretHash::chosen([9; 32]), ..entry(1) };
    let missing = hall.join(stranger, wrong.clone());
    let owner = hall.open();
    assert!(hall.join(owner, with_key(2)).ok);
    assert_eq!(missing, hall.join(stranger, wrong));
    assert_eq!(code(&missing), ReplyCode::CreateRefused);
}

#[test]
fn a_guest_has_codes_made_while_it_sits_in_a_room() {
    let mut hall = keyed();
    let [owner, guest, again] = [ADDRESS, OTHER, OTHER].map(|address| hall.open_from(address));
    assert!(hall.join(owner, with_key(1)).ok);
    let code_room = Entry { room: ANOTHER_ROOM, ..entry(3) };
    assert_eq!(code(&hall.join(again, code_room.clone())), ReplyCode::CreateRefused);
    assert!(hall.join(guest, entry(2)).ok, "the room is there: nothing has to be made");
    assert!(hall.join(again, code_room).ok);
}
