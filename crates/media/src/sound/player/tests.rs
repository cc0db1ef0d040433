use super::*;

#[test]
fn a_new_player_is_silent() {
    let mut player = Player::new().unwrap();
    assert_eq!(player.pull(Instant::now()), Piece { samples: [0; PIECE], timestamp: None, silent: true });
    assert_eq!((player.level_db(), player.stats()), (127, PlayerStats::default()));
}
