/**
 * Keeps V8 from allocating the objects of requests among the old ones. Where enough of them survived a collection or two, as
 * they do whenever one falls into a burst of requests, V8 makes those that follow old from the start ("allocation site
 * pretenuring"), and never takes it back. From then on each dead request holds the young ones that it points to until the
 * next full collection, and those hold the next: nearly all of them are copied and marked. Of the gateway's CPU that was
 * an eighth (docs/benchmarks.md), in some runs and not in others.
 */
import { setFlagsFromString } from 'node:v8'

/** To be called before the first request; what is compiled already keeps its choice. */
export const allocateYoung = (): void => setFlagsFromString('--no-allocation-site-pretenuring')
