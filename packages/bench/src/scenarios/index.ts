/** What is measured, in an order in which one suite serves as many as possible. */
import { bearerChecks } from './bearer-checks.ts'
import { clientCredentials } from './client-credentials.ts'
import { codeFlows } from './code-flows.ts'
import { coldStart } from './cold-start.ts'
import { documents } from './documents.ts'
import { idleMemory } from './idle-memory.ts'
import { introspections } from './introspections.ts'
import { knownAndUnknown } from './known-and-unknown.ts'
import { loginStorm } from './login-storm.ts'
import { mailDrain } from './mail-drain.ts'
import { mailLatency } from './mail-latency.ts'
import { oauthRefreshes } from './oauth-refreshes.ts'
import { passwordLogins } from './password-logins.ts'
import { refreshes } from './refreshes.ts'
import type { Scenario } from './scenario.ts'
import { warmStart } from './warm-start.ts'

export const scenarios: readonly Scenario[] = [
  coldStart,
  warmStart,
  idleMemory,
  mailLatency,
  passwordLogins,
  refreshes,
  clientCredentials,
  oauthRefreshes,
  introspections,
  codeFlows,
  bearerChecks,
  documents,
  loginStorm,
  mailDrain,
  knownAndUnknown,
]
