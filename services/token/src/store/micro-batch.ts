/**
 * Gathers calls that arrive together into one statement. Nothing waits for a clock: a batch leaves with the next turn of
 * the event loop, or, while as many as allowed are under way, when one of them returns.
 */

export interface MicroBatchOptions<Input, Output> {
  /** Outputs in the order of the inputs. A rejection fails the calls of this batch alone. */
  readonly run: (inputs: readonly Input[]) => Promise<readonly Output[]>
  /** Two inputs of one key are never in the same batch; left out where it does not matter, as for reads. */
  readonly keyOf?: (input: Input) => string
  readonly maxSize: number
  /** Statements under way at most. */
  readonly maxConcurrent: number
}

interface Waiting<Input, Output> {
  readonly input: Input
  readonly resolve: (output: Output) => void
  readonly reject: (error: unknown) => void
}

export const createMicroBatch = <Input, Output>(options: MicroBatchOptions<Input, Output>) => {
  let waiting: Waiting<Input, Output>[] = []
  let underWay = 0
  let scheduled = false

  const takeBatch = () => {
    const batch = new Map<string | symbol, Waiting<Input, Output>>()
    const rest: Waiting<Input, Output>[] = []
    for (const call of waiting) {
      const key = options.keyOf?.(call.input) ?? Symbol()
      if (batch.size < options.maxSize && !batch.has(key)) batch.set(key, call)
      else rest.push(call)
    }
    waiting = rest
    return [...batch.values()]
  }

  const send = async (batch: readonly Waiting<Input, Output>[]) => {
    try {
      const outputs = await options.run(batch.map(call => call.input))
      batch.forEach((call, index) => {
        const output = outputs[index]
        if (output === undefined) call.reject(new Error('The batch gave no output for this input'))
        else call.resolve(output)
      })
    } catch (error) {
      for (const call of batch) call.reject(error)
    }
  }

  const flush = () => {
    scheduled = false
    while (waiting.length > 0 && underWay < options.maxConcurrent) {
      underWay += 1
      void send(takeBatch()).finally(() => {
        underWay -= 1
        schedule()
      })
    }
  }

  const schedule = () => {
    if (scheduled || waiting.length === 0 || underWay >= options.maxConcurrent) return
    scheduled = true
    setImmediate(flush)
  }

  return (input: Input): Promise<Output> =>
    new Promise((resolve, reject) => {
      waiting.push({ input, resolve, reject })
      schedule()
    })
}
