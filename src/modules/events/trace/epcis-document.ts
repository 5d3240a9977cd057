/**
 * The events behind a trace as one EPCIS 2.0 document, which any other repository can capture.
 * @param events rendered as EPCIS 2.0 JSON, in the order in which they are told
 */
export function epcisDocumentOf(events: readonly object[], at: Date): object {
  return {
    '@context': ['https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld'],
    type: 'EPCISDocument',
    schemaVersion: '2.0',
    creationDate: at.toISOString(),
    epcisBody: { eventList: events },
  }
}
