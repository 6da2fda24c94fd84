/** A clock that stands still until it is told to move. Pass `clock.now` wherever `now: () => Date` is asked for. */

export interface Clock {
  readonly now: () => Date
  /** Moves the clock on, or back when negative. */
  readonly advance: (ms: number) => void
  readonly set: (at: Date) => void
}

export const createClock = (at: Date | string = '2026-01-15T12:00:00.000Z'): Clock => {
  let currentMs = new Date(at).getTime()
  return {
    now: () => new Date(currentMs),
    advance: ms => {
      currentMs += ms
    },
    set: to => {
      currentMs = to.getTime()
    },
  }
}
