// How the user came by the invitation of a room, which is what a proof stands on.

/** `self`: made the room and handed the invitation out. `link`, `code`: came by one. */
export type InvitedBy = 'self' | 'link' | 'code';
