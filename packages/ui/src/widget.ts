/** Somebody else's script on a page of ours, such as that of a challenge: where it is, and where it loads from. */
export interface Widget {
  readonly scriptUrl: string
  /** For the page's policy: all that its script, its frames and its styles come from. */
  readonly sources: readonly string[]
}
