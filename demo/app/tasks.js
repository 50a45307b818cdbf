// What the EHR asks of each service, and what it reads from the answers. The requests only resemble the real ones.

const business = 'uddi:ehealth-fgov-be:business:';

const escape = (text) => text.replace(/[<>&"]/g, (c) => `&#${c.charCodeAt(0)};`);

const envelope = (body) => `<?xml version="1.0" encoding="UTF-8"?>
<soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/"><soap:Header/><soap:Body>${body}</soap:Body></soap:Envelope>`;

/** A question about a patient. Each has an Id of its own: two questions for the same thing are not the same bytes. */
const about = (operation, namespace) => (patient) =>
  envelope(
    `<q:${operation} xmlns:q="${namespace}" Id="_${crypto.randomUUID()}"><q:INSS>${escape(patient.inss)}</q:INSS></q:${operation}>`,
  );

const yesOrNo = (text) => (text === 'true' ? 'yes' : 'no');

/**
 * The tasks, in the order of core/procedure: the functionality, the service that is called, the request, and what of
 * the answer is shown (name of the fact, element, conversion). `consults`: it changes nothing, so "all" includes it.
 */
export const tasks = [
  {
    functionality: 'login',
    service: `${business}iamsecuritytokenservice:v1`,
    consults: true,
    request: () => envelope('<wst:RequestSecurityToken xmlns:wst="http://docs.oasis-open.org/ws-sx/ws-trust/200512"/>'),
    facts: [['until', 'Conditions@NotOnOrAfter', 'moment']],
  },
  {
    functionality: 'insurability',
    service: `${business}insurability:v2`,
    consults: true,
    cached: true,
    request: about('GetInsurabilityForPharmacistRequest', 'urn:be:fgov:ehealth:insurability:protocol:v2'),
    facts: [
      ['name', 'Name'],
      ['born', 'Born'],
      ['fund', 'Fund'],
      ['entitlement', 'CT1CT2'],
      ['guarantee', 'PaymentGuarantee', yesOrNo],
    ],
  },
  {
    functionality: 'member-data',
    service: `${business}memberdata:v1`,
    consults: true,
    cached: true,
    request: about('MemberDataConsultationRequest', 'urn:be:fgov:ehealth:mycarenet:memberdata:protocol:v1'),
    facts: [
      ['name', 'Name'],
      ['fund', 'Fund'],
    ],
  },
  {
    functionality: 'tarification',
    service: `${business}mycarenettarification:v1`,
    consults: true,
    cached: true,
    request: about('TarificationConsultationRequest', 'urn:be:fgov:ehealth:mycarenet:tarification:protocol:v1'),
    facts: [
      ['fee', 'Fee'],
      ['reimbursed', 'Reimbursement'],
      ['own', 'PatientFee'],
    ],
  },
  {
    functionality: 'tarification-mediprima',
    service: `${business}mycarenettarificationmediprima:v1`,
    consults: true,
    cached: true,
    request: about('TarificationConsultationRequest', 'urn:be:fgov:ehealth:mycarenet:tarification:protocol:v1'),
    facts: [
      ['fee', 'Fee'],
      ['reimbursed', 'Reimbursement'],
      ['own', 'PatientFee'],
    ],
  },
  {
    functionality: 'chapter4-consultation',
    service: `${business}chapterivchapterivagreementconsultation:v1`,
    consults: true,
    cached: true,
    request: about('ConsultChap4MedicalAdvisorAgreementRequest', 'urn:be:fgov:ehealth:chap4:protocol:v1'),
    facts: [
      ['accepted', 'Accepted', yesOrNo],
      ['until', 'Until'],
    ],
  },
  {
    functionality: 'chapter4-request',
    service: `${business}chapterivchapterivagreementadmission:v1`,
    request: about('AskChap4MedicalAdvisorAgreementRequest', 'urn:be:fgov:ehealth:chap4:protocol:v1'),
    facts: [
      ['accepted', 'Accepted', yesOrNo],
      ['reference', 'Reference'],
    ],
  },
  {
    functionality: 'encryption-known',
    service: `${business}etkdepot:v1`,
    consults: true,
    cached: true,
    request: () =>
      envelope(
        '<e:GetEtkRequest xmlns:e="urn:be:fgov:ehealth:etkdepot:1_0:protocol"><e:SearchCriteria><e:Identifier>' +
          '<e:Type>CBE</e:Type><e:Value>0999999999</e:Value></e:Identifier></e:SearchCriteria></e:GetEtkRequest>',
      ),
    facts: [['key', 'ETK']],
  },
  {
    functionality: 'encryption-unknown',
    service: `${business}kgss:v1`,
    consults: true,
    request: () => envelope('<k:GetNewKeyRequest xmlns:k="urn:be:fgov:ehealth:etee:kgss:1_0:protocol"/>'),
    facts: [['reference', 'NewKeyIdentifier']],
  },
  {
    functionality: 'hub-documents',
    service: `${business}metahub:v2`,
    consults: true,
    cached: true,
    repeat: 'yes',
    request: about('GetTransactionListRequest', 'urn:be:fgov:ehealth:metahub:protocol:v2'),
    facts: [['documents', 'Transaction@type', 'all']],
  },
  {
    functionality: 'vaccination-status',
    service: 'uddi:vaccinnet-vlanderen-be:business:vacination:v2',
    consults: true,
    cached: true,
    repeat: 'yes',
    request: about('GetVaccinationRequest', 'urn:be:vlaanderen:vaccinnet:protocol:v2'),
    facts: [['vaccines', 'Product', 'all']],
  },
  {
    functionality: 'sumehr',
    service: `${business}metahub:v2`,
    consults: true,
    cached: true,
    repeat: 'yes',
    request: about('GetLatestSumehrRequest', 'urn:be:fgov:ehealth:metahub:protocol:v2'),
    facts: [['documents', 'Transaction@type']],
  },
  {
    functionality: 'prescription',
    service: `${business}recip-eprescriber:v4`,
    request: about('CreatePrescriptionRequest', 'urn:be:fgov:ehealth:recipe:protocol:v4'),
    facts: [['reference', 'RID']],
  },
  {
    functionality: 'eattest',
    service: `${business}mycareneteattest:v3`,
    request: about('SendAttestationRequest', 'urn:be:fgov:ehealth:mycarenet:attest:protocol:v3'),
    facts: [['reference', 'Invoice']],
  },
];

/**
 * The text of every element with that name, or of its attribute ("Name@attribute"). The answers are the drill's own.
 */
function read(xml, path) {
  const [element, attribute] = path.split('@');
  const pattern = attribute
    ? new RegExp(`<(?:[\\w-]+:)?${element}\\b[^>]*?\\s${attribute}="([^"]*)"`, 'g')
    : new RegExp(`<(?:[\\w-]+:)?${element}(?:\\s[^>]*)?>([^<]*)<`, 'g');
  return [...xml.matchAll(pattern)].map(([, text]) =>
    text
      .replace(/&#(\d+);/g, (_, code) => String.fromCodePoint(Number(code)))
      .replace(/&lt;/g, '<')
      .replace(/&gt;/g, '>')
      .replace(/&quot;/g, '"')
      .replace(/&amp;/g, '&'),
  );
}

/** What of an answer is shown: [name of the fact, value]. A fault shows what the service says. */
export function readFacts(task, xml, t) {
  const [fault] = read(xml, 'faultstring');
  if (fault !== undefined) return [['fault', fault]];
  return task.facts.flatMap(([name, path, convert]) => {
    const values = read(xml, path);
    if (values.length === 0) return [];
    if (convert === 'all') return [[name, values.join(', ')]];
    if (convert === 'moment') return [[name, new Date(values[0]).toLocaleString(t.locale)]];
    return [[name, convert ? t[convert(values[0])] : values[0]]];
  });
}
