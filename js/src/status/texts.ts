// What <bcp-status> says around the guidance, which comes from the core.
import type { Way } from '../types.js';

/** The languages of the panel. */
export type StatusLang = 'nl' | 'fr' | 'de' | 'en';

/** The state of everything together, as the panel shows it. */
export type OverallState = 'unused' | 'normal' | 'continuity' | 'degraded' | 'stale' | 'unprotected' | 'unknown';

/**
 * How many functionalities there are, and of these: without an electronic way, not sure, on another electronic way, on
 * kept answers.
 */
export interface Counts {
  all: number;
  out: Group;
  unsure: Group;
  rerouted: Group;
  kept: Group;
}

/** Some functionalities. Their names, where a headline has room for them; else ''. */
export interface Group {
  count: number;
  names: string;
}

// What a headline says of some functionalities: how many, and which.
function counted(...said: [Group, string][]): string {
  const texts = said.filter(([{ count }]) => count > 0).map(([{ names }, text]) => text + names);
  return texts.join(texts.some((text) => text.includes(':')) ? '; ' : ', ');
}

/** A moment in a sentence: of today the time alone, of another day the date and the time. */
export type Moment = (shown: string, isToday: boolean) => string;

/** One language of the panel. Moments come in as they stand in the sentence, made by `at`, `since` or `after`. */
export interface StatusTexts {
  /** For Intl. */
  locale: string;
  at: Moment;
  since: Moment;
  after: Moment;
  heading: string;
  overall: Record<Exclude<OverallState, 'degraded' | 'continuity'>, string> &
    Record<'degraded' | 'continuity', (counts: Counts) => string>;
  /** A sentence that goes with the state: what is to be done, where something is. */
  about: Record<Exclude<OverallState, 'normal' | 'continuity' | 'stale'>, string> & {
    normal: (atAnswered: string) => string;
    continuity: (isToDo: boolean) => string;
    stale: (sinceChecked: string) => string;
  };
  /** What is to be done at once. */
  now: Record<'title' | 'stay' | 'paper', string>;
  ways: Record<Way | 'unused' | 'uncertain', string>;
  answered: (at: string) => string;
  failed: (at: string) => string;
  tryAgain: (after: string) => string;
  /** `issued` is a date and a time. */
  catalogue: (issued: string, atChecked: string) => string;
  stale: (sinceChecked: string) => string;
  normal: (count: number) => string;
  unused: (count: number) => string;
  unwatched: (count: number) => string;
  attention: (count: number) => string;
  kept: (count: number) => string;
  rerouted: (count: number) => string;
  guidance: string;
  more: string;
  otherwise: string;
  source: (title: string, publisher: string) => string;
  statusSite: string;
  helpdesk: string;
  code: (code: string, at: string) => string;
  /** As one reads it out on the telephone; `more` are not named. */
  failing: (services: string, more: number) => string;
  version: string;
  /** The date and the time when the certificate ends by which the list of services is checked. */
  trust: (moment: string) => string;
  print: string;
  card: string;
  cardTitle: string;
  steps: Record<'recovery' | 'fallback' | 'cache' | 'mayHaveArrived' | 'lastResort', string>;
  exportLog: string;
  /** With the date, whatever the day is. */
  printed: (moment: string) => string;
}

export const statusTexts: Record<StatusLang, StatusTexts> = {
  nl: {
    locale: 'nl-BE',
    at: (shown, isToday) => `${isToday ? 'om' : 'op'} ${shown}`,
    since: (shown) => `sinds ${shown}`,
    after: (shown) => `na ${shown}`,
    heading: 'Elektronische diensten',
    overall: {
      unused: 'Nog niets gebruikt',
      normal: 'Geen storing vastgesteld',
      continuity: ({ rerouted, kept, all }) =>
        'U kunt voortwerken: ' +
        counted(
          [rerouted, `${rerouted.count} van ${all} langs een andere weg`],
          [kept, `${kept.count} van ${all} met bewaarde antwoorden`],
        ),
      degraded: ({ out, unsure, all }) =>
        counted(
          [out, `${out.count} van ${all} ${out.count === 1 ? 'werkt' : 'werken'} niet`],
          [unsure, `${unsure.count} van ${all} onzeker`],
        ),
      stale: 'Geen storing vastgesteld, lijst van diensten verouderd',
      unprotected: 'Nog geen reserve bij een storing',
      unknown: 'Toestand nog niet bekend',
    },
    about: {
      unused: 'Er is nog geen dienst gebruikt. Zodra er een antwoordt, staat het hier.',
      normal: (at) => `De diensten die werden gebruikt, antwoordden zoals gewoonlijk${at && `, het laatst ${at}`}.`,
      continuity: (isToDo) => (isToDo ? 'Lees hieronder wat u nu doet.' : 'U hoeft niets te doen.'),
      degraded: 'Lees hieronder wat u nu doet.',
      stale: (since) =>
        `U kunt voortwerken. De lijst van diensten, met de andere wegen, kon niet worden nagekeken ${since}. ` +
        'Ze wordt verder gebruikt; u hoeft niets te doen.',
      unprotected:
        'U kunt voortwerken zolang de diensten antwoorden. De lijst met andere wegen is er nog niet: valt een dienst uit, ' +
        'volg dan de noodkaart. Blijft dit zo, bel dan uw helpdesk.',
      unknown: 'De toestand wordt opgevraagd.',
    },
    now: {
      title: 'Doe nu dit',
      stay: 'Blijf aangemeld: meld u niet af en sluit uw browser niet.',
      paper: 'Werk voorlopig op papier, met de noodkaart of de stappen hieronder.',
    },
    ways: {
      unused: 'nog niet gebruikt',
      normal: 'werkt',
      recovery: 'uitwijksite',
      fallback: 'andere elektronische weg',
      cache: 'bewaarde antwoorden',
      unconfirmed: 'onzeker: probeer opnieuw',
      retry: 'probeer opnieuw',
      uncertain: 'onzeker of het is aangekomen',
      lastResort: 'niet elektronisch beschikbaar',
      unwatched: 'geen informatie',
    },
    answered: (at) => `antwoordde ${at}`,
    failed: (at) => `Niet gelukt ${at}.`,
    tryAgain: (after) => `Probeer opnieuw ${after}.`,
    catalogue: (issued, at) => `Lijst van diensten van ${issued}, nagekeken ${at}.`,
    stale: (since) => `Lijst van diensten niet nagekeken ${since}.`,
    normal: (count) => `Werkt (${count})`,
    unused: (count) => `Nog niet gebruikt (${count})`,
    unwatched: (count) => `Geen informatie (${count})`,
    attention: (count) => `Vraagt aandacht (${count})`,
    kept: (count) => `Met bewaarde antwoorden (${count})`,
    rerouted: (count) => `Langs een andere weg (${count})`,
    guidance: 'Bij uitval',
    more: 'Meer',
    otherwise: 'Lukt dat niet:',
    source: (title, publisher) => `Bron: ${publisher}, “${title}”.`,
    statusSite: 'Status van de eHealth-diensten',
    helpdesk: 'Voor de helpdesk:',
    code: (code, at) => `Code ${code}, vastgesteld ${at}.`,
    failing: (services, more) => `Getroffen diensten: ${services}${more ? ` en nog ${more} in het logboek` : ''}.`,
    version: 'versie',
    trust: (moment) =>
      `Het certificaat waarmee de lijst van diensten wordt nagekeken, is geldig tot ${moment}. Meld dit aan uw softwareleverancier.`,
    print: 'Afdrukken',
    card: 'Noodkaart afdrukken',
    cardTitle: 'Noodkaart: wat te doen als een elektronische dienst uitvalt',
    steps: {
      recovery: 'Uitwijksite',
      fallback: 'Andere weg',
      cache: 'Als er een antwoord bewaard is',
      mayHaveArrived: 'Onzeker of het is aangekomen',
      lastResort: 'Niets elektronisch werkt',
    },
    exportLog: 'Logboek opslaan',
    printed: (moment) => `Afgedrukt op ${moment}`,
  },
  fr: {
    locale: 'fr-BE',
    at: (shown, isToday) => `${isToday ? 'à' : 'le'} ${shown}`,
    since: (shown, isToday) => `depuis ${isToday ? '' : 'le '}${shown}`,
    after: (shown, isToday) => `après ${isToday ? '' : 'le '}${shown}`,
    heading: 'Services électroniques',
    overall: {
      unused: 'Aucun service encore utilisé',
      normal: 'Aucune panne constatée',
      continuity: ({ rerouted, kept, all }) =>
        'Vous pouvez continuer : ' +
        counted(
          [rerouted, `${rerouted.count} sur ${all} par une autre voie`],
          [kept, `${kept.count} sur ${all} avec des réponses conservées`],
        ),
      degraded: ({ out, unsure, all }) =>
        counted(
          [out, `${out.count} sur ${all} ne ${out.count === 1 ? 'fonctionne' : 'fonctionnent'} pas`],
          [unsure, `${unsure.count} sur ${all} ${unsure.count === 1 ? 'incertain' : 'incertains'}`],
        ),
      stale: 'Aucune panne constatée, liste des services dépassée',
      unprotected: 'Pas encore de voie de secours',
      unknown: 'État encore inconnu',
    },
    about: {
      unused: "Aucun service n'a encore été utilisé. Dès que l'un d'eux répond, cela s'affiche ici.",
      normal: (at) => `Les services utilisés ont répondu comme d’habitude${at && `, la dernière fois ${at}`}.`,
      continuity: (isToDo) => (isToDo ? "Lisez ci-dessous ce qu'il faut faire." : "Vous n'avez rien à faire."),
      degraded: "Lisez ci-dessous ce qu'il faut faire.",
      stale: (since) =>
        `Vous pouvez continuer. La liste des services, avec les autres voies, n'a pas pu être contrôlée ${since}. ` +
        "Elle reste utilisée ; vous n'avez rien à faire.",
      unprotected:
        "Vous pouvez continuer tant que les services répondent. La liste des autres voies n'est pas encore là\u00a0: si un " +
        "service tombe en panne, suivez la carte d'urgence. Si cela dure, appelez votre helpdesk.",
      unknown: 'Vérification en cours.',
    },
    now: {
      title: 'À faire maintenant',
      stay: 'Restez connecté\u00a0: ne vous déconnectez pas et ne fermez pas votre navigateur.',
      paper: "Travaillez pour l'instant sur papier, avec la carte d'urgence ou les étapes ci-dessous.",
    },
    ways: {
      unused: 'pas encore utilisé',
      normal: 'fonctionne',
      recovery: 'site de secours',
      fallback: 'autre voie électronique',
      cache: 'réponses conservées',
      unconfirmed: 'incertain : essayez à nouveau',
      retry: 'essayez à nouveau',
      uncertain: "arrivée de l'envoi incertaine",
      lastResort: 'pas disponible par voie électronique',
      unwatched: 'sans information',
    },
    answered: (at) => `a répondu ${at}`,
    failed: (at) => `Échec ${at}.`,
    tryAgain: (after) => `Essayez à nouveau ${after}.`,
    catalogue: (issued, at) => `Liste des services du ${issued}, contrôlée ${at}.`,
    stale: (since) => `Liste des services non contrôlée ${since}.`,
    normal: (count) => `Fonctionne (${count})`,
    unused: (count) => `Pas encore utilisé (${count})`,
    unwatched: (count) => `Sans information (${count})`,
    attention: (count) => `Points d'attention (${count})`,
    kept: (count) => `Avec des réponses conservées (${count})`,
    rerouted: (count) => `Par une autre voie (${count})`,
    guidance: 'En cas de panne',
    more: 'Détails',
    otherwise: 'Si cela ne fonctionne pas :',
    source: (title, publisher) => `Source : ${publisher}, « ${title} ».`,
    statusSite: 'Statut des services eHealth',
    helpdesk: 'Pour le helpdesk\u00a0:',
    code: (code, at) => `Code ${code}, constaté ${at}.`,
    failing: (services, more) =>
      `Services touchés\u00a0: ${services}${more ? ` et ${more} de plus dans le journal` : ''}.`,
    version: 'version',
    trust: (moment) =>
      `Le certificat qui sert à contrôler la liste des services est valable jusqu'au ${moment}. Signalez-le à votre fournisseur de logiciel.`,
    print: 'Imprimer',
    card: "Imprimer la carte d'urgence",
    cardTitle: "Carte d'urgence : que faire si un service électronique tombe en panne",
    steps: {
      recovery: 'Site de secours',
      fallback: 'Autre voie',
      cache: 'Si une réponse a été conservée',
      mayHaveArrived: "Arrivée de l'envoi incertaine",
      lastResort: 'Rien ne fonctionne par voie électronique',
    },
    exportLog: 'Enregistrer le journal',
    printed: (moment) => `Imprimé le ${moment}`,
  },
  de: {
    locale: 'de-BE',
    at: (shown, isToday) => (isToday ? `um ${shown} Uhr` : `am ${shown}`),
    since: (shown, isToday) => (isToday ? `seit ${shown} Uhr` : `seit dem ${shown}`),
    after: (shown, isToday) => (isToday ? `nach ${shown} Uhr` : `nach dem ${shown}`),
    heading: 'Elektronische Dienste',
    overall: {
      unused: 'Noch nichts benutzt',
      normal: 'Keine Störung festgestellt',
      continuity: ({ rerouted, kept, all }) =>
        'Sie können weiterarbeiten: ' +
        counted(
          [rerouted, `${rerouted.count} von ${all} über einen anderen Weg`],
          [kept, `${kept.count} von ${all} mit gespeicherten Antworten`],
        ),
      degraded: ({ out, unsure, all }) =>
        counted(
          [out, `${out.count} von ${all} ${out.count === 1 ? 'funktioniert' : 'funktionieren'} nicht`],
          [unsure, `${unsure.count} von ${all} unsicher`],
        ),
      stale: 'Keine Störung festgestellt, Liste der Dienste veraltet',
      unprotected: 'Noch kein Ausweichweg',
      unknown: 'Zustand noch nicht bekannt',
    },
    about: {
      unused: 'Es wurde noch kein Dienst benutzt. Sobald einer antwortet, steht es hier.',
      normal: (at) => `Die benutzten Dienste haben wie gewohnt geantwortet${at && `, zuletzt ${at}`}.`,
      continuity: (isToDo) => (isToDo ? 'Lesen Sie unten, was zu tun ist.' : 'Sie müssen nichts tun.'),
      degraded: 'Lesen Sie unten, was zu tun ist.',
      stale: (since) =>
        `Sie können weiterarbeiten. Die Liste der Dienste, mit den anderen Wegen, konnte ${since} nicht geprüft ` +
        'werden. Sie wird weiter verwendet; Sie müssen nichts tun.',
      unprotected:
        'Sie können weiterarbeiten, solange die Dienste antworten. Die Liste der anderen Wege fehlt noch: Fällt ein ' +
        'Dienst aus, folgen Sie der Notfallkarte. Bleibt es so, rufen Sie Ihren Helpdesk an.',
      unknown: 'Der Zustand wird abgefragt.',
    },
    now: {
      title: 'Jetzt zu tun',
      stay: 'Bleiben Sie angemeldet: Melden Sie sich nicht ab und schließen Sie den Browser nicht.',
      paper: 'Arbeiten Sie vorläufig auf Papier, mit der Notfallkarte oder den Schritten unten.',
    },
    ways: {
      unused: 'noch nicht benutzt',
      normal: 'funktioniert',
      recovery: 'Ausweichstandort',
      fallback: 'anderer elektronischer Weg',
      cache: 'gespeicherte Antworten',
      unconfirmed: 'unsicher: erneut versuchen',
      retry: 'erneut versuchen',
      uncertain: 'unsicher, ob es angekommen ist',
      lastResort: 'nicht elektronisch verfügbar',
      unwatched: 'keine Information',
    },
    answered: (at) => `antwortete ${at}`,
    failed: (at) => `Nicht gelungen ${at}.`,
    tryAgain: (after) => `Versuchen Sie es ${after} erneut.`,
    catalogue: (issued, at) => `Liste der Dienste vom ${issued}, geprüft ${at}.`,
    stale: (since) => `Liste der Dienste ${since} nicht geprüft.`,
    normal: (count) => `Funktioniert (${count})`,
    unused: (count) => `Noch nicht benutzt (${count})`,
    unwatched: (count) => `Keine Information (${count})`,
    attention: (count) => `Zu beachten (${count})`,
    kept: (count) => `Mit gespeicherten Antworten (${count})`,
    rerouted: (count) => `Über einen anderen Weg (${count})`,
    guidance: 'Bei einer Störung',
    more: 'Details',
    otherwise: 'Gelingt das nicht:',
    source: (title, publisher) => `Quelle: ${publisher}, „${title}“.`,
    statusSite: 'Status der eHealth-Dienste',
    helpdesk: 'Für den Helpdesk:',
    code: (code, at) => `Code ${code}, festgestellt ${at}.`,
    failing: (services, more) => `Betroffene Dienste: ${services}${more ? ` und ${more} weitere im Protokoll` : ''}.`,
    version: 'Version',
    trust: (moment) =>
      `Das Zertifikat, mit dem die Liste der Dienste geprüft wird, gilt bis ${moment}. Melden Sie dies Ihrem Softwareanbieter.`,
    print: 'Drucken',
    card: 'Notfallkarte drucken',
    cardTitle: 'Notfallkarte: Was tun, wenn ein elektronischer Dienst ausfällt',
    steps: {
      recovery: 'Ausweichstandort',
      fallback: 'Anderer Weg',
      cache: 'Falls eine Antwort gespeichert ist',
      mayHaveArrived: 'Unsicher, ob es angekommen ist',
      lastResort: 'Nichts Elektronisches funktioniert',
    },
    exportLog: 'Protokoll speichern',
    printed: (moment) => `Gedruckt am ${moment}`,
  },
  en: {
    locale: 'en-GB',
    at: (shown, isToday) => `${isToday ? 'at' : 'on'} ${shown}`,
    since: (shown) => `since ${shown}`,
    after: (shown) => `after ${shown}`,
    heading: 'Electronic services',
    overall: {
      unused: 'Nothing used yet',
      normal: 'No outage seen',
      continuity: ({ rerouted, kept, all }) =>
        'You can go on working: ' +
        counted(
          [rerouted, `${rerouted.count} of ${all} by another route`],
          [kept, `${kept.count} of ${all} with saved answers`],
        ),
      degraded: ({ out, unsure, all }) =>
        counted(
          [out, `${out.count} of ${all} ${out.count === 1 ? 'does' : 'do'} not work`],
          [unsure, `${unsure.count} of ${all} not certain`],
        ),
      stale: 'No outage seen, list of services out of date',
      unprotected: 'No fallback yet',
      unknown: 'State not known yet',
    },
    about: {
      unused: 'No service has been used yet. As soon as one answers, it is shown here.',
      normal: (at) => `The services that were used answered as usual${at && `, last ${at}`}.`,
      continuity: (isToDo) => (isToDo ? 'Read below what to do.' : 'There is nothing you need to do.'),
      degraded: 'Read below what to do.',
      stale: (since) =>
        `You can go on working. The list of services, with the other routes, could not be checked ${since}. ` +
        'It stays in use; there is nothing you need to do.',
      unprotected:
        'You can go on working while the services answer. The list of other routes is not here yet: if a service fails, ' +
        'follow the emergency card. If this lasts, call your helpdesk.',
      unknown: 'The state is being read.',
    },
    now: {
      title: 'Do this now',
      stay: 'Stay signed in: do not sign out and do not close your browser.',
      paper: 'Work on paper for now, with the emergency card or the steps below.',
    },
    ways: {
      unused: 'not used yet',
      normal: 'works',
      recovery: 'recovery site',
      fallback: 'another electronic route',
      cache: 'saved answers',
      unconfirmed: 'not certain: try again',
      retry: 'try again',
      uncertain: 'not certain whether it arrived',
      lastResort: 'not available electronically',
      unwatched: 'no information',
    },
    answered: (at) => `answered ${at}`,
    failed: (at) => `Failed ${at}.`,
    tryAgain: (after) => `Try again ${after}.`,
    catalogue: (issued, at) => `List of services of ${issued}, checked ${at}.`,
    stale: (since) => `List of services not checked ${since}.`,
    normal: (count) => `Works (${count})`,
    unused: (count) => `Not used yet (${count})`,
    unwatched: (count) => `No information (${count})`,
    attention: (count) => `Needs attention (${count})`,
    kept: (count) => `With saved answers (${count})`,
    rerouted: (count) => `By another route (${count})`,
    guidance: 'In an outage',
    more: 'Details',
    otherwise: 'If that does not work:',
    source: (title, publisher) => `Source: ${publisher}, “${title}”.`,
    statusSite: 'Status of the eHealth services',
    helpdesk: 'For the helpdesk:',
    code: (code, at) => `Code ${code}, seen ${at}.`,
    failing: (services, more) => `Services hit: ${services}${more ? ` and ${more} more in the log` : ''}.`,
    version: 'version',
    trust: (moment) =>
      `The certificate by which the list of services is checked is valid until ${moment}. Tell your software supplier.`,
    print: 'Print',
    card: 'Print the emergency card',
    cardTitle: 'Emergency card: what to do when an electronic service fails',
    steps: {
      recovery: 'Recovery site',
      fallback: 'Another route',
      cache: 'If an answer was saved',
      mayHaveArrived: 'Not certain whether it arrived',
      lastResort: 'Nothing electronic works',
    },
    exportLog: 'Save the log',
    printed: (moment) => `Printed on ${moment}`,
  },
};

/** The panel's language for a language tag: its primary part when it is one of the four, else English. */
export function statusLang(tag: string): StatusLang {
  const primary = tag.toLowerCase().split('-')[0] ?? '';
  return primary === 'nl' || primary === 'fr' || primary === 'de' ? primary : 'en';
}
