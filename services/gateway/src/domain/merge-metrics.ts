/**
 * Joins the metrics of several processes into one page. A family may be described and listed only once in the
 * exposition format, so samples of one family are brought together; their `service` label tells them apart.
 *
 * @see https://prometheus.io/docs/instrumenting/exposition_formats/
 */

interface Family {
  comments: string[]
  samples: string[]
}

const commentOf = /^# (?:HELP|TYPE) (\S+)/
const sampleName = /^[^\s{]+/
/** Samples of histograms and summaries carry the name of their family with an ending. */
const ending = /_(?:bucket|sum|count)$/

export const mergeMetrics = (pages: readonly string[]): string => {
  const families = new Map<string, Family>()
  const familyOf = (name: string): Family => {
    const known = families.get(name) ?? { comments: [], samples: [] }
    families.set(name, known)
    return known
  }
  for (const line of pages.join('\n').split('\n')) {
    const described = commentOf.exec(line)?.[1]
    if (described !== undefined) {
      const family = familyOf(described)
      if (family.comments.length < 2 && !family.comments.includes(line)) family.comments.push(line)
      continue
    }
    const name = sampleName.exec(line)?.[0]
    if (name === undefined || line.startsWith('#')) continue
    const plain = name.replace(ending, '')
    familyOf(families.has(name) || !families.has(plain) ? name : plain).samples.push(line)
  }
  return `${[...families.values()].flatMap(({ comments, samples }) => [...comments, ...samples]).join('\n')}\n`
}
