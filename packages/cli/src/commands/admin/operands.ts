/** What follows the words of a command, and the consent to what can't be undone. */
import { type Command, type Invocation, UsageError } from '../../command.ts'

/** Exactly one operand. @throws UsageError */
export const onlyOperand = ({ operands }: Pick<Invocation, 'operands'>, what: string): string => {
  const [only, ...more] = operands
  if (only === undefined || more.length > 0) throw new UsageError(`name one ${what}`)
  return only
}

/** Exactly two operands. @throws UsageError */
export const twoOperands = (
  { operands }: Pick<Invocation, 'operands'>,
  what: string,
): readonly [string, string] => {
  const [first, second, ...more] = operands
  if (first === undefined || second === undefined || more.length > 0) throw new UsageError(`name ${what}`)
  return [first, second]
}

/** Without the members that nobody has said anything about. */
export const defined = (options: Readonly<Record<string, unknown>>): Record<string, unknown> =>
  Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined))

/** @throws UsageError where operands came that nothing is done with */
export const noOperands = ({ operands }: Pick<Invocation, 'operands'>): void => {
  if (operands.length > 0) throw new UsageError(`${JSON.stringify(operands.join(' '))} is one word too many`)
}

/** @throws UsageError naming the options that say something, where none of them was there */
export const requireChange = (change: object, { options }: Pick<Command, 'options'>): void => {
  if (Object.keys(change).length > 0) return
  const names = Object.keys(options).filter(name => name !== 'dry-run')
  throw new UsageError(`say what to change, with ${names.map(name => `--${name}`).join(', ')}`)
}

/** @throws UsageError */
export const requireYes = ({ options }: Pick<Invocation, 'options'>, what: string): void => {
  if (options.yes !== true)
    throw new UsageError(`${what} can't be undone; add --yes, or look first with --dry-run`)
}
