// Says what happened to those who do not see it, politely and one thing at a time.

/** A sentence to say; `key` tells two equal sentences apart. */
export interface Announcement {
  readonly key: string;
  readonly words: string;
}

/** A polite live region that says the newest announcement. It must be on the screen before there is anything to say. */
export function Announcer({ announcement }: { readonly announcement: Announcement | null }) {
  return (
    <div className="vh" aria-live="polite" data-testid="announcer">
      {announcement === null ? null : <p key={announcement.key}>{announcement.words}</p>}
    </div>
  );
}
