/** What scripts can rely on, whatever the command. */
export const exitCodes = {
  ok: 0,
  failure: 1,
  usage: 2,
  notAuthenticated: 3,
  notAllowed: 4,
  notFound: 5,
} as const

export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes]
