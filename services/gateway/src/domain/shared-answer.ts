/**
 * One answer for all who ask within a moment. For questions that cost every part of the suite something and that
 * anybody may ask without a limit, as probes do: a flood of them costs no more than one a moment.
 */

const keptMs = 1_000

interface Shared<Answer> {
  readonly answer: Promise<Answer>
  untilMs: number
}

/** Asks anew a second after the last answer came; who asks meanwhile gets the same. A failure is not kept. */
export const shareAnswer = <Answer>(ask: () => Promise<Answer>, now: () => Date): (() => Promise<Answer>) => {
  let shared: Shared<Answer> | undefined

  const askAnew = (): Shared<Answer> => {
    const asked: Shared<Answer> = { answer: ask(), untilMs: Number.POSITIVE_INFINITY }
    const keep = () => {
      asked.untilMs = now().getTime() + keptMs
    }
    const forget = () => {
      shared = undefined
    }
    asked.answer.then(keep, forget)
    return asked
  }

  return () => {
    if (shared === undefined || shared.untilMs <= now().getTime()) shared = askAnew()
    return shared.answer
  }
}
