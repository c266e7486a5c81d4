"""Italian words for feelings."""

from __future__ import annotations

from style2talker.emotion.languages.vocabulary import ROMANCE_ENDINGS, Vocabulary

__all__ = ["ITALIAN"]

ITALIAN = Vocabulary(
    name="Italian",
    endings=ROMANCE_ENDINGS,
    reach=32,
    common="al lei lavora mostra va vanno fa faccio ha bisogno per favore tutti tutte stesso vecchio vecchia nuovo "
        "nuova andiamo cuoce a me ti ora oggi domani dieci nove due tre ore minuti qui sempre anche alle niente tra "
        "fra fino ogni dopo prima ad ed il lo la i gli le un uno una di del della dei delle e è sono sei siamo io tu "
        "lui lei noi loro non con in per da dal dalla che chi questo questa questi suo sua suoi mio mia tuo ma o molto "
        "più poco come senza essere avere ha hanno ho era si mi ti ci vi perché parla dice guarda sembra sta al alla "
        "allo nel nella qualcosa tutto tutta già quando quel quella così",
    feelings={
        "angry": {
            1.25: "furioso, furiosa, furiosi, furia, furibond*, infuriat*, rabbia, rabbios*, fuori di sé, "
                "imbestialit*, su tutte le furie, rosso di rabbia, rossa di rabbia, ira, irat*, collera, va in bestia, "
                "esplode di rabbia, ribolle, nero di rabbia, fuori dai gangheri, odio, vede rosso, schiuma di rabbia, "
                "incavolatissim*",
            1.0: "mentito, bugiardo, idiota, maledett*, urla, grida, urlando, gridando, tradit*, ingiust*, perde la "
                "pazienza, si arrabbiano, litiga, odio, arrabbiat*, arrabbia, arrabbio, adirat*, indignat*, "
                "indignazione, aggressiv*, ostile, ostili, incazzat*, incavolat*, sgrida, urla contro, grida contro, "
                "urla addosso, insulta, minaccia, minaccios*, sdegnat*, inferocit*, ne ho abbastanza, ne ha "
                "abbastanza, basta, lasciami in pace, stai zitto, sta' zitto, come ti permetti, come osi, odia, ti "
                "odio, vendetta, esasperat*, furente, stufo di, stufa di, ha perso la pazienza, vergognati",
            0.65: "irritat*, irritazione, infastidit*, fastidio, seccat*, scocciat*, contrariat*, di cattivo umore, di "
                "malumore, cattivo umore, malumore, frustrat*, frustrazione, impazient*, imbronciat*, stizzit*, "
                "risentit*, scontent* e brusc*, brontol*, amareggiat*, nervos* e irritat*",
        },
        "contempt": {
            1.0: "dilettanti, idioti, incapaci, poveracci, patetic*, inferiori, miserabili, quella gente, ridicol*, "
                "disprezzo, sprezzante*, disprezza, disprezzano, sdegno, sdegnos*, altezzos*, arrogant*, arroganza, "
                "condiscendent*, condiscendenza, beffard*, derisori*, deride, derisione, scherno, schernisce, prende "
                "in giro, dall'alto in basso, si crede superiore, si crede migliore, superiorità, si fa beffe, ghigno, "
                "sogghigna, sogghigno, buoni a nulla, buono a nulla, perdenti, perdente, non valgono niente, non vale "
                "niente, superbia, superbo, superba, come se fossero stupid*, spregiativ*, si prende gioco",
            0.75: "sarcastic*, sarcasmo, cinic*, cinismo, presuntuos*, compiaciut* di sé, ironic*, insolent*, "
                "spocchios*, irrispettos*, borios*, snob, tronfi*, con sufficienza",
        },
        "disgusted": {
            1.15: "vomitare, vomita, conato, conati, rivolta lo stomaco, rivoltare lo stomaco, ribrezzo, repulsione, "
                "da vomitare, voltastomaco",
            1.0: "scarafaggi*, vermi, verme, viscid*, appiccicos*, sudici*, vomitevol*, sporcizia, disgusto, "
                "disgustat*, disgustos*, disgusta, schifo, schifat*, schifos*, ripugnanza, ripugnant*, nausea, "
                "nauseat*, nauseant*, nauseabond*, che schifo, bleah, puah, rivoltant*, stomachevol*, puzza, "
                "puzzolent*, fetor*, marcio, marci, ammuffit*, fetid*, orripilante e lurid*, rancid*, lurid*",
            0.7: "avversione, sgradevol*, storce il naso",
        },
        "fear": {
            1.25: "terrorizzat*, terrore, panico, atterrit*, inorridit*, orrore, spaventatissim*, morto di paura, "
                "morta di paura, pietrificat*, paralizzat* dalla paura, raggelat*, nel panico, urla aiuto, grida "
                "aiuto, spavento tremendo, sgomento, muore di paura, una paura folle",
            1.0: "tremano, tremare, tremo, aiutatemi, aiutami, non osa, batte i denti, batte forte, cuore in gola, mi "
                "segue, pericolo, buio, paura, paure, spaventat*, spavento, spaventa, impaurit*, timore, timoros*, "
                "teme, temo, intimorit*, angosciat*, angoscia, trema, tremant*, tremando, allarmat*, minacciat*, "
                "intimidit*, incubo, in pericolo, brividi, rabbrividisce, fifa, scappa da, si nasconde da, aiuto, "
                "pauros*",
            0.65: "preoccupat*, preoccupazione, preoccupa, ansios*, ansia, nervos*, nervosismo, inquiet*, "
                "inquietudine, tes*, insicur*, timid*, agitat*, stressat*, a disagio, turbat*, apprensiv*, "
                "apprensione, esitant*",
        },
        "happy": {
            1.25: "euforic*, euforia, estasiat*, pazzo di gioia, pazza di gioia, felicissim*, contentissim*, "
                "entusiast*, entusiasmo, al settimo cielo, salta di gioia, raggiante di, scoppia di gioia, ride a "
                "crepapelle, piange dal ridere, esultant*, esulta, giubilo, non sta nella pelle, allegrissim*, scoppia "
                "a ridere, fuori di sé dalla gioia, entusiasta",
            1.0: "giorno più bello, più bello della, rido, sorrido, balla, canta di, buona notizia, buone notizie, "
                "promoss*, matrimonio, vacanze, vacanza, bravo, fantastic*, splendid*, stupend*, salta di, felice, "
                "felici, felicità, felicemente, allegr*, allegria, gioia, gioios*, gioisce, content*, liet*, ride, "
                "ridono, ridere, ridendo, risata, risate, sorride, sorridono, sorriso, sorridendo, sorridente, "
                "sorridenti, sorridere, raggiante, di buon umore, buon umore, buonumore, urrà, evviva, festeggia, "
                "innamorat*, divertit*, gaio, ho vinto, abbiamo vinto, ha vinto, che bello, auguri, meraviglios*, "
                "congratulazioni",
            0.65: "soddisfatt*, sollevat*, grat*, orgoglios*, ottimist*, gentile, amichevol*, affettuos*, speranzos*, "
                "compiaciut*, fiducios*",
        },
        "neutral": {
            0.0: "senza la minima emozione, nessuna emozione, calm*, tranquill*, neutrale, neutr*, seren*, "
                "impassibil*, indifferent*, indifferenza, senza emozion*, senza alcuna emozione, inespressiv*, "
                "rilassat*, oggettiv*, sobri*, compost*, pacat*, normal*, senza espressione, seri*, imperturbabil*, "
                "monoton*, distaccat*",
        },
        "sad": {
            1.25: "disperat*, disperazione, distrutt*, devastat*, inconsolabil*, affrant*, cuore spezzato, cuore "
                "infranto, spezza il cuore, singhiozza, singhiozzi, singhiozzando, piange a dirotto, scoppia in "
                "lacrime, scoppia a piangere, in lacrime, a pezzi, straziat*, strazio",
            1.0: "voce rotta, voce spezzata, dice addio, così solo, così sola, tanto solo, tanto sola, solo senza, "
                "sola senza, piango, piangono, mort*, scompars*, addio, sospira, sospiri, ci ha lasciati, abbandonat*, "
                "lasciat*, triste, tristi, tristezza, tristemente, infelic*, infelicità, dolore, addolorat*, doloros*, "
                "piange, piangono, piangendo, piangere, pianto, lacrime, lacrima, depress*, depressione, abbattut*, "
                "afflitt*, lutto, soffre, sofferenza, sol* al mondo, solitudine, pena, miser*, sconsolat*, è morto, è "
                "morta, mi manca, gli manca, le manca, mi manchi, funerale, ha perso ogni speranza, mest*, "
                "disgraziat*",
            0.7: "malinconic*, malinconia, delus*, delusione, nostalgic*, nostalgia, scoraggiat*, rimpianto, "
                "rimpiange, dispiaciut*, rassegnat*, sconfortat*, amarezza, avvilit*, giù di morale, mi dispiace "
                "tanto",
        },
        "surprised": {
            1.2: "sbalordit*, stupefatt*, esterrefatt*, sconvolt*, scioccat*, shock, senza parole, a bocca aperta, "
                "ammutolit*, di stucco, allibit*, non crede ai suoi occhi, non credo ai miei occhi, cade dalle nuvole, "
                "di sasso, sotto shock",
            1.0: "mio dio, dio mio, siete già, già qui, tu qui, stai scherzando, non può essere, mai immaginato, non "
                "l'avrei mai, sul serio, improvvisamente, all'improvviso, impossibile, chi l'avrebbe, sorpres*, "
                "sorprendent*, sorprende, stupit*, stupore, stupisce, meravigliat*, meraviglia, incredul*, "
                "incredibil*, inaspettat*, non ci posso credere, non ci può credere, non può crederci, non riesce a "
                "crederci, non riesco a crederci, non ci credo, non se lo aspettava, non se l'aspettava, non me "
                "l'aspettavo, non me lo aspettavo, davvero, caspita, accidenti, mamma mia, non è possibile, attonit*, "
                "chi l'avrebbe detto, colt* di sorpresa, colt* alla sprovvista, wow, stento a crederci, stenta a "
                "crederci, mai me lo sarei, non l'avrebbe mai, perbacco",
            0.65: "perpless*, confus*, disorientat*, sconcertat*, spiazzat*, sussulta, trasal*",
        },
    },
    degrees={
        0.3: "appena, a malapena, quasi per niente",
        0.45: "un pizzico di, un tocco di, una punta di, vagamente, un velo di, un filo di, un'ombra di",
        0.5: "un po', un po, un poco, un pochino, leggermente, lievemente, lieve, leggera, leggero, debolmente, "
            "dolcemente",
        0.7: "più o meno, moderatamente, mediamente",
        0.9: "abbastanza, piuttosto, alquanto",
        1.2: "molto, molta, tanto, tanta, davvero triste, veramente, profondamente, profonda, profondo, grande, gran, "
            "fortemente, così, assai, pieno di, piena di, proprio",
        1.4: "come non mai, come mai prima, più che mai, estremamente, totalmente, completamente, assolutamente, "
            "terribilmente, incredibilmente felice, immensamente, enormemente, infinitamente, immensa, immenso, "
            "intensamente, tremendamente, follemente, da morire, oltremodo, del tutto, violentemente, incredibilmente "
            "arrabbiata",
        1.15: "non riesce a nascondere, non può nascondere, non sa nascondere, fatica a nascondere, non riesce a "
            "trattenere, non può trattenere, a stento trattiene, trattiene a stento, riesce a malapena a trattenere, "
            "non riesce a contenere, a malapena nascond*, trattiene a malapena, incapace di nascondere, non riesce a "
            "smettere, non può fare a meno di",
        0.6: "nasconde la, nasconde il, nasconde la sua, cerca di nascondere, prova a nascondere, trattiene, reprime, "
            "dissimula, tenta di nascondere, cela",
    },
    denials={
        "clause": "mai, neppure, nemmeno, per niente",
        "after": "non, nessun, nessuna, nessuno, senza, né, niente, nulla di",
    },
    contrasts="perché, ma, però, bensì, anzi, tuttavia, invece, piuttosto che, poi, dopo, mentre, anche se",
    harmless="non solo, non soltanto, senza dubbio, senza sosta, senz'altro, vale la pena, a malapena in tempo, in "
        "serie, tesi di laurea, la tesi, una tesi, basta girare, basta premere, la serie, una serie, non c'è problema, "
        "ghigno di freni, senza fretta, appena arrivat*",
    muscles=(
        ("sopracciglia aggrottate, aggrotta … sopracciglia, fronte corrugata, corruga … fronte, sopracciglia "
            "corrugate, fronte aggrottata, aggrotta … fronte, ciglia aggrottate, sopracciglia abbassate, abbassa … "
            "sopracciglia, aggrottando … sopracciglia", {"4": 0.95}),
        ("sopracciglia alzate, alza … sopracciglia, sopracciglia sollevate, solleva … sopracciglia, sopracciglia "
            "inarcate, inarca … sopracciglia",
         {"1": 0.8, "2": 0.9}),
        ("un sopracciglio alzato, alza un sopracciglio, solleva un sopracciglio, inarca un sopracciglio, sopracciglio "
            "sollevato", {"2R": 1.0, "1": 0.25}),
        ("occhi spalancati, spalanca … occhi, occhi sgranati, sgrana … occhi, occhi sbarrati", {"5": 0.9}),
        ("occhi socchiusi, socchiude … occhi, stringe … occhi, occhi stretti, strizza … occhi", {"7": 0.85}),
        ("naso arricciato, arriccia … naso, arricciando … naso", {"9": 0.9}),
        ("angoli della bocca sollevati, angoli della bocca all'insù, angoli della bocca alzati, angoli delle labbra "
            "sollevati", {"12": 0.8}),
        ("angoli della bocca abbassati, angoli della bocca all'ingiù, angoli della bocca verso il basso, angoli delle "
            "labbra abbassati, bocca all'ingiù",
         {"15": 0.85}),
        ("labbra serrate, serra … labbra, stringe … labbra, labbra strette, labbra premute, stringendo … "
            "labbra", {"24": 0.8}),
        ("bocca aperta, bocca spalancata, apre … bocca, spalanca … bocca, mascella cadente", {"26": 0.8}),
        ("denti stretti, stringe … denti, digrigna … denti, mascella serrata, mascella contratta, serra … "
            "mascella", {"23": 0.5, "29": 0.3}),
        ("occhi chiusi, chiude … occhi", {"43": 1.0}),
        ("sguardo basso, abbassa … sguardo, abbassa … occhi, guarda a terra, occhi bassi, sguardo abbassato, guarda in "
            "basso", {"64": 0.55}),
        ("fa il broncio, labbra sporgenti, labbra in fuori", {"17": 0.6, "18": 0.6}),
        ("labbro superiore sollevato, solleva … labbro superiore, labbro superiore alzato, alza … labbro "
            "superiore", {"10": 0.8}),
    ),
)  # fmt: skip
"""Written for Style2Talker."""
