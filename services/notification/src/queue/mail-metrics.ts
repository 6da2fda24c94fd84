/** What becomes of mails, as numbers and as log lines. No address, no subject, no link. */
import type { Logger } from '@latchkey/runtime/logger'
import type { Metrics } from '@latchkey/runtime/metrics'
import type { DeliverOutcome } from '../usecases/deliver-mail.ts'

// From a mailbox next door to a mail that was deferred for an hour.
const deliveryBuckets = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 900, 3600]

export const failedMails = (metrics: Metrics) =>
  metrics.counter({
    name: 'mails_failed_total',
    help: 'Mails that will not be sent: rejected by the mail server, undeliverable after all attempts, or expired',
    labelNames: ['reason'],
  })

export const createOutcomeReport = ({ metrics, logger }: { metrics: Metrics; logger: Logger }) => {
  const sent = metrics.counter({
    name: 'mails_sent_total',
    help: 'Mails that the mail server took',
    labelNames: ['template'],
  })
  const failed = failedMails(metrics)
  const retried = metrics.counter({
    name: 'mails_retried_total',
    help: 'Attempts that will be repeated: deferred by the mail server, or made while it was unavailable',
    labelNames: ['outcome'],
  })
  const seconds = metrics.histogram({
    name: 'mail_delivery_seconds',
    help: 'Time from the acceptance of a message to the acceptance of its mail by the mail server',
    buckets: deliveryBuckets,
  })
  let away = false

  return (result: DeliverOutcome): void => {
    if (result.outcome === 'busy' || result.outcome === 'over') return
    const { delivery, outcome, reply } = result
    const about = {
      request_id: delivery.requestId,
      message_id: delivery.messageId,
      delivery_id: delivery.id,
      template: delivery.template,
      attempt: delivery.attempt,
      reply,
    }
    if (outcome === 'sent') {
      const durationMs = Date.now() - delivery.createdAt.getTime()
      sent.inc({ template: delivery.template })
      seconds.observe(durationMs / 1000)
      logger.info({ ...about, duration_ms: durationMs }, 'mail sent')
    } else if (outcome === 'failed') {
      failed.inc({ reason: result.reason })
      logger.warn({ ...about, reason: result.reason }, 'mail failed')
    } else {
      retried.inc({ outcome })
      // One line when the mail server goes away, not one for each mail that waits for it.
      if (outcome === 'deferred') logger.warn(about, 'mail deferred')
      else if (!away) logger.error(about, 'the mail server is unavailable; mails wait for it')
    }
    if (outcome === 'sent' && away) logger.info('the mail server is back')
    away = outcome === 'unavailable' || (away && outcome !== 'sent')
  }
}
