/** One thing to measure, and what must run for it. */
import type { Result } from '../report/result.ts'
import type { Sink } from '../smtp/sink.ts'
import type { Suite } from '../suite/suite.ts'

export interface Ground {
  /** Its `data` folder is that of the suite. */
  readonly folder: string
  readonly suite: Suite
  /** Where the mails of the suite go, for a scenario that asked for it. */
  readonly sink: Sink
}

interface Named {
  readonly name: string
  readonly what: string
  /** Only where it is asked for by name. */
  readonly onDemand?: boolean
}

export type Scenario = Named &
  (
    | { readonly needs: 'folder'; readonly run: (ground: Pick<Ground, 'folder'>) => Promise<Result> }
    | { readonly needs: 'suite'; readonly run: (ground: Pick<Ground, 'suite'>) => Promise<Result> }
    | { readonly needs: 'sink'; readonly run: (ground: Pick<Ground, 'suite' | 'sink'>) => Promise<Result> }
  )
