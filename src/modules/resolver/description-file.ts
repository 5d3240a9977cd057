import { GS1_VOCABULARY } from '../../kernel/gs1/link-types.ts'
import { LINKSET_CONTEXT } from './linkset.ts'

/** What `/.well-known/gs1resolver` tells (GS1-Conformant Resolver 1.2.1 section 3, description file schema). */
export function descriptionFile(publicUrl: string): object {
  return {
    name: '溯真 Suzhen',
    resolverRoot: publicUrl,
    // every primary key of the URI syntax is parsed and may have links
    supportedPrimaryKeys: ['all'],
    supportedLinkType: [
      { namespace: GS1_VOCABULARY, prefix: 'gs1:' },
      { namespace: 'https://gs1.org/voc/', prefix: 'gs1:' },
    ],
    linkTypeDefaultCanBeLinkset: false,
    supportedContextValuesExternal: [{ nameOfList: 'ISO 3166-1 alpha-2', url: 'https://www.iso.org/iso-3166-country-codes.html' }],
    contact: { fn: '溯真 Suzhen' },
    jsonLdContextLocation: LINKSET_CONTEXT,
  }
}
