/** The annotation by which an alert that we sent to an Alertmanager is known when it comes back: our id. */
export const SENT_BY_US = 'opsconsole_id'
