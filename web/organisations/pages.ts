import { ApartmentOutlined } from '@ant-design/icons'
import { definePages } from '../shared/pages/define-pages.ts'
import { patterns } from '../shared/paths.ts'

export const organisationPages = definePages(
  {
    path: patterns.organisations,
    permission: 'organisations.read',
    load: () => import('./organisations-page.tsx').then((m) => m.OrganisationsPage),
    nav: {
      group: 'platform',
      order: 10,
      label: { zh: '企业', en: 'Organisations' },
      icon: ApartmentOutlined,
      letter: 'o',
      notFor: ['importer', 'brand', 'dealer', 'printer'],
    },
  },
  {
    path: patterns.organisation,
    permission: 'organisations.read',
    load: () => import('./organisation-page.tsx').then((m) => m.OrganisationPage),
  },
)
