// How many tiles of what size stand beside and below each other: the arrangement in which pictures are largest.
//
// Promises: pure; depends on the number of tiles and the room for them and on nothing else, so that nothing moves when
// somebody speaks, mutes or turns a camera on. All tiles are of one size.

/** Pixels. */
export interface Size {
  readonly width: number;
  readonly height: number;
}

/** An arrangement. */
export interface Grid {
  readonly columns: number;
  readonly rows: number;
  /** Of each tile, whole pixels. */
  readonly tile: Size;
}

/** A tile wider than this would show a forehead and a chin less. */
const WIDEST = 16 / 9;
/** One narrower than it is high cuts off those who sit beside each other. */
const NARROWEST = 1;

/** The arrangement of `count` tiles in `room`, with `gap` pixels between them. */
export function gridOf(count: number, room: Size, gap: number): Grid {
  let best: Grid = { columns: 1, rows: count, tile: { width: 0, height: 0 } };
  for (let columns = 1; columns <= count; columns += 1) {
    const rows = Math.ceil(count / columns);
    const tile = largest((room.width - (columns - 1) * gap) / columns, (room.height - (rows - 1) * gap) / rows);
    if (tile.width * tile.height > best.tile.width * best.tile.height) best = { columns, rows, tile };
  }
  return best;
}

function largest(width: number, height: number): Size {
  return {
    width: Math.max(0, Math.floor(Math.min(width, height * WIDEST))),
    height: Math.max(0, Math.floor(Math.min(height, width / NARROWEST))),
  };
}
