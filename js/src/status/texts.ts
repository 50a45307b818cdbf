// What <bcp-status> says around the guidance, which comes from the core.

/** The languages of the panel. */
export type StatusLang = 'nl' | 'fr' | 'de' | 'en';

/** The state of everything together, as the panel shows it. */
export type OverallState = 'normal' | 'continuity' | 'degraded' | 'stale' | 'unprotected' | 'unknown';

type Way = 'unwatched' | 'normal' | 'recovery' | 'fallback' | 'cache' | 'lastResort';

export interface StatusTexts {
  /** For Intl. */
  locale: string;
  heading: string;
  overall: Record<OverallState, string>;
  /** A sentence that goes with the state. */
  about: Record<OverallState, string>;
  ways: Record<Way, string>;
  since: (moment: string) => string;
  catalogue: (issued: string, checked: string) => string;
  stale: string;
  normal: (count: number) => string;
  unwatched: (count: number) => string;
  attention: (count: number) => string;
  otherwise: string;
  source: (title: string, publisher: string) => string;
  print: string;
}

export const statusTexts: Record<StatusLang, StatusTexts> = {
  nl: {
    locale: 'nl-BE',
    heading: 'Elektronische diensten',
    overall: {
      normal: 'Alles werkt normaal',
      continuity: 'Bedrijfscontinuïteit actief',
      degraded: 'Beperkte werking',
      stale: 'Catalogus verouderd',
      unprotected: 'Geen bescherming',
      unknown: 'Toestand nog niet gekend',
    },
    about: {
      normal: 'De diensten antwoorden langs hun gewone weg.',
      continuity: 'Minstens één dienst loopt langs een andere elektronische weg. U kunt voortwerken.',
      degraded: 'Minstens één dienst antwoordt niet. Volg de richtlijnen hieronder.',
      stale: 'De lijst van diensten kon al 24 uur niet worden nagekeken. Ze wordt verder gebruikt.',
      unprotected: 'Er is nog geen geldige lijst van diensten. Bij een storing is er geen uitwijk.',
      unknown: 'De toestand wordt opgevraagd.',
    },
    ways: {
      normal: 'normaal', recovery: 'uitwijksite', fallback: 'andere elektronische weg', cache: 'eerdere antwoorden',
      lastResort: 'geen elektronische weg', unwatched: 'niet opgevolgd',
    },
    since: (moment) => `sinds ${moment}`,
    catalogue: (issued, checked) => `Catalogus van ${issued}, nagekeken ${checked}.`,
    stale: 'Catalogus verouderd: al 24 uur niet nagekeken.',
    normal: (count) => `Normaal (${count})`,
    unwatched: (count) => `Niet opgevolgd (${count})`,
    attention: (count) => `Vraagt aandacht (${count})`,
    otherwise: 'Lukt dat niet:',
    source: (title, publisher) => `Bron: ${publisher}, “${title}”.`,
    print: 'Afdrukken',
  },
  fr: {
    locale: 'fr-BE',
    heading: 'Services électroniques',
    overall: {
      normal: 'Tout fonctionne normalement',
      continuity: 'Continuité active',
      degraded: 'Fonctionnement limité',
      stale: 'Catalogue ancien',
      unprotected: 'Sans protection',
      unknown: 'État encore inconnu',
    },
    about: {
      normal: 'Les services répondent par leur voie habituelle.',
      continuity: 'Au moins un service passe par une autre voie électronique. Vous pouvez continuer à travailler.',
      degraded: 'Au moins un service ne répond pas. Suivez les consignes ci-dessous.',
      stale: "La liste des services n'a pas pu être contrôlée depuis 24 heures. Elle reste utilisée.",
      unprotected: "Il n'y a pas encore de liste de services valide. En cas de panne, il n'y a pas de secours.",
      unknown: "L'état est en cours de lecture.",
    },
    ways: {
      normal: 'normal', recovery: 'site de secours', fallback: 'autre voie électronique', cache: 'réponses antérieures',
      lastResort: 'aucune voie électronique', unwatched: 'non suivi',
    },
    since: (moment) => `depuis ${moment}`,
    catalogue: (issued, checked) => `Catalogue du ${issued}, contrôlé le ${checked}.`,
    stale: 'Catalogue ancien : non contrôlé depuis 24 heures.',
    normal: (count) => `Normal (${count})`,
    unwatched: (count) => `Non suivi (${count})`,
    attention: (count) => `À votre attention (${count})`,
    otherwise: 'Si cela ne marche pas :',
    source: (title, publisher) => `Source : ${publisher}, « ${title} ».`,
    print: 'Imprimer',
  },
  de: {
    locale: 'de-BE',
    heading: 'Elektronische Dienste',
    overall: {
      normal: 'Alles arbeitet normal',
      continuity: 'Notbetrieb aktiv',
      degraded: 'Eingeschränkter Betrieb',
      stale: 'Katalog veraltet',
      unprotected: 'Kein Schutz',
      unknown: 'Zustand noch unbekannt',
    },
    about: {
      normal: 'Die Dienste antworten auf ihrem gewohnten Weg.',
      continuity: 'Mindestens ein Dienst läuft über einen anderen elektronischen Weg. Sie können weiterarbeiten.',
      degraded: 'Mindestens ein Dienst antwortet nicht. Folgen Sie den Hinweisen unten.',
      stale: 'Die Liste der Dienste konnte seit 24 Stunden nicht geprüft werden. Sie wird weiter verwendet.',
      unprotected: 'Es gibt noch keine gültige Liste der Dienste. Bei einer Störung gibt es keinen Ausweichweg.',
      unknown: 'Der Zustand wird abgefragt.',
    },
    ways: {
      normal: 'normal', recovery: 'Ausweichstandort', fallback: 'anderer elektronischer Weg', cache: 'frühere Antworten',
      lastResort: 'kein elektronischer Weg', unwatched: 'nicht überwacht',
    },
    since: (moment) => `seit ${moment}`,
    catalogue: (issued, checked) => `Katalog vom ${issued}, geprüft ${checked}.`,
    stale: 'Katalog veraltet: seit 24 Stunden nicht geprüft.',
    normal: (count) => `Normal (${count})`,
    unwatched: (count) => `Nicht überwacht (${count})`,
    attention: (count) => `Zu beachten (${count})`,
    otherwise: 'Gelingt das nicht:',
    source: (title, publisher) => `Quelle: ${publisher}, „${title}“.`,
    print: 'Drucken',
  },
  en: {
    locale: 'en-GB',
    heading: 'Electronic services',
    overall: {
      normal: 'Everything works normally',
      continuity: 'Business continuity active',
      degraded: 'Limited service',
      stale: 'Catalogue out of date',
      unprotected: 'Not protected',
      unknown: 'State not known yet',
    },
    about: {
      normal: 'The services answer on their usual way.',
      continuity: 'At least one service runs on another electronic way. You can go on working.',
      degraded: 'At least one service does not answer. Follow the guidance below.',
      stale: 'The list of services could not be checked for 24 hours. It stays in use.',
      unprotected: 'There is no valid list of services yet. In an outage nothing takes over.',
      unknown: 'The state is being read.',
    },
    ways: {
      normal: 'normal', recovery: 'recovery site', fallback: 'other electronic way', cache: 'earlier answers',
      lastResort: 'no electronic way', unwatched: 'not watched',
    },
    since: (moment) => `since ${moment}`,
    catalogue: (issued, checked) => `Catalogue of ${issued}, checked ${checked}.`,
    stale: 'Catalogue out of date: not checked for 24 hours.',
    normal: (count) => `Normal (${count})`,
    unwatched: (count) => `Not watched (${count})`,
    attention: (count) => `Needs attention (${count})`,
    otherwise: 'If that does not work:',
    source: (title, publisher) => `Source: ${publisher}, “${title}”.`,
    print: 'Print',
  },
};

/** The panel's language for a language tag: its primary part when it is one of the four, else English. */
export function statusLang(tag: string): StatusLang {
  const primary = tag.toLowerCase().split('-')[0] ?? '';
  return primary === 'nl' || primary === 'fr' || primary === 'de' ? primary : 'en';
}
