// Who can still enter by the invitation, and the user's say in it.

/** What an invitation shows of that. */
export interface Admission {
  /** What is said of an invitation that is withdrawn; null while it stands. */
  readonly withdrawn: string | null;
  /** It is for a single guest: the first who comes is the last. */
  readonly isForOne: boolean;
  readonly onForOne: (isForOne: boolean) => void;
  readonly onWithdraw: () => void;
}
