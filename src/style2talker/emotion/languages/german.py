"""German words for feelings."""

from __future__ import annotations

from style2talker.emotion.languages.vocabulary import Vocabulary

__all__ = ["GERMAN"]

GERMAN = Vocabulary(
    name="German",
    endings=r"\w{0,9}",
    reach=30,
    common="als vom beim durch unter über bis jeder jede jedes alte neue neues arbeitet braucht zeigt liegt steht geht "
        "kommt macht bitte zehn um uhr heute morgen minuten jahre hatte hätte öffnet zug dieser diese dieses jetzt "
        "hier dort immer dann denn gibt waren man alle viele mehr ins neun zwei drei der die das den dem des ein eine "
        "einen einem einer und ist sind war ich du er sie es wir ihr mich mir dich dir sich nicht kein keine mit von "
        "zu zum zur im am auf für über aus bei nach vor wie wenn weil dass aber auch nur noch schon sehr so wird "
        "werden hat haben habe kann können muss sein seine seinen ihre ihren ihrem mein meine was wer doch mal etwas "
        "völlig ganz leicht spricht klingt wirkt schaut voller ohne",
    feelings={
        "angry": {
            1.25: "rasend vor wut, rasend, wutentbrannt*, außer sich vor wut, tobt, toben*, tobend*, fuchsteufelswild, "
                "stinksauer, rast vor wut, schäumt*, schäumend*, kocht vor*, kocht innerlich, platzt … kragen, platzt "
                "vor wut, explodiert vor*, stinkwütend, auf hundertachtzig, in rage, zornentbrannt, hasserfüllt*, "
                "wutausbruch, rasende wut, sieht rot",
            1.0: "weißglut, jetzt ist schluss, jetzt ist … schluss, treibt … in den wahnsinn, schnauze voll, nase "
                "voll, wutschnaubend*, zähneknirschend, belogen, mistkerl, betrogen, idiot, verdammt*, anschreit, "
                "schreit sie an, schreit ihn an, reißt … geduldsfaden, geduldsfaden, verrat, unfair, wut, wütend*, "
                "zorn, zornig*, zornes*, böse, verärgert, ärger, ärgert, empört, empörung, aggressiv*, schimpft, "
                "schimpfen*, brüllt, brüllen*, schreit … an, erbost, erzürnt, entrüstet, aufgebracht, sauer auf, ist "
                "sauer, bin sauer, sauer, wüten*, hasst, hasse, hass, droht, drohend*, feindselig*, beschimpft, "
                "flucht, reicht's, platzt gleich, lass mich in ruhe, halt den mund, unverschämtheit, frechheit, mir "
                "reicht es, es reicht, wut im bauch, hat genug davon",
            0.65: "genervt, gereizt, ungehalten, mürrisch, verstimmt, missmutig, frustriert, frust, unzufrieden, "
                "ungeduldig*, nervt, grantig, schlecht gelaunt, schlechter laune, schlechte laune, verbittert, "
                "gekränkt und böse, grollt, groll",
        },
        "contempt": {
            1.0: "unterlegen*, amateure*, stümper, dummköpfe, naserümpfend, von oben, nicht der rede wert, kein "
                "respekt, armselig*, erbärmlich, verachtung*, verächtlich*, verachtet, verachte, herablassend*, "
                "hochmütig*, hochnäsig*, überheblich*, arrogant*, arroganz, höhnisch*, hohn, spöttisch*, spott, "
                "spottet, spötteln*, abfällig*, geringschätz*, von oben herab, blickt auf … herab, sieht auf … herab, "
                "schaut auf … herab, rümpft … nase über, hält sich für besser, hält … für dumm*, hält … für idioten, "
                "verspottet, verhöhnt, macht sich lustig, macht sich über … lustig, abschätzig*, mitleidig belächelt, "
                "belächelt, versager, nichts wert, unter meiner würde, unter seiner würde, unter ihrer würde, "
                "süffisant*",
            0.75: "sarkastisch*, sarkasmus, zynisch*, selbstgefällig*, ironisch*, eingebildet*, abweisend*, blasiert*, "
                "dünkel*, lächerlich, grinst spöttisch, schadenfroh*, respektlos*",
        },
        "disgusted": {
            1.15: "zum kotzen, kotzübel, würgt, würgen*, übergibt sich, muss sich übergeben, muss … kotzen, abscheu*, "
                "ekelt … furchtbar, dreht … magen um",
            1.0: "kakerlake, ungeziefer, made, maden, schleimig*, stinkig*, dreckig*, erbrochen*, ekel, ekelt*, ekeln, "
                "ekelhaft*, eklig*, ekelig*, angeekelt*, angewidert*, widerlich*, widerwärtig*, abstoßend*, "
                "widerwille*, igitt, pfui, bäh, übelkeit, wird … übel, wird … schlecht von, ist … übel, ekelerregend*, "
                "brechreiz, stinkt*, gestank, verfault*, verschimmelt*, schimmlig*, verdorbenes fleisch, faule eier",
            0.7: "abneigung, unappetitlich*, widerstrebt*, anwidert, widert … an, verzieht … angeekelt, schmeckt "
                "scheußlich",
        },
        "fear": {
            1.25: "todesangst, panik, panisch*, entsetzliche angst, höllenangst, heidenangst, starr vor angst, "
                "schreckensstarr, terror, grauen, entsetzen, zu tode geängstigt, schreit um hilfe, in panik, gerät in "
                "panik, vor angst erstarrt, blanke angst, kreidebleich, schlottert",
            1.0: "hilf mir, helft mir, schlottern*, weiche knie, zittern, zittere, zittrig*, herz rast, traut sich "
                "nicht, schweißgebadet, schritte hinter, angst, ängste, ängstlich*, furcht, fürchtet*, fürchte, "
                "furchtsam*, verängstigt*, fürchten, erschrocken und ängstlich, eingeschüchtert, zittert*, zitternd*, "
                "schaudert, gruselt, gruselig*, bedroht, bangt, bange, schreck, hilfe, fürchterliche angst, schiss, "
                "gänsehaut, flieht, versteckt sich vor, lebensgefahr, albtraum",
            0.65: "besorgt*, sorge, sorgen, sorgt sich um, nervös*, nervosität, unruhig, beunruhigt*, angespannt*, "
                "unsicher*, mulmig*, lampenfieber, scheu, schüchtern*, beklommen*, unbehagen, bedenken, fühlt sich "
                "unwohl, zaghaft*, aufgeregt vor … prüfung",
        },
        "happy": {
            1.25: "überglücklich*, überschwänglich*, begeistert*, begeisterung, ekstatisch*, euphorisch*, euphorie, "
                "jubelt, jubel*, außer sich vor freude, freudestrahlend*, jauchzt, lacht herzlich, lacht laut, lacht "
                "sich kaputt, siebten himmel, wolke sieben, könnte die ganze welt umarmen, könnte … umarmen, springt "
                "vor freude, platzt vor freude, vor glück",
            1.0: "schönste* tag, schönste*, wunderschön*, großartig, klasse, toll, endlich ferien, endlich urlaub, "
                "lache, jubeln, tanzt, singt fröhlich, gute nachricht*, gute neuigkeit*, bestanden, hochzeit, gut "
                "drauf, hüpft, glücklich*, glück, freude, freudig*, freut, freue, freuen, freust, froh, fröhlich*, "
                "fröhlichkeit, heiter*, lustig*, vergnügt*, lacht, lachen, lachend*, lache, lächelt*, lächeln, "
                "lächelnd*, strahlt, strahlend*, strahlen, gut gelaunt*, guter laune, gute laune, bester laune, hurra, "
                "juhu, super laune, grinst, entzückt*, erfreut*, feiert, gewonnen, heilfroh, schmunzelt, frohe*, "
                "froher, gejubelt, verliebt*, herzlichen glückwunsch, wunderbar",
            0.65: "zufrieden*, amüsiert*, freundlich*, erleichtert*, dankbar*, hoffnungsvoll*, stolz, herzlich*, "
                "optimistisch*, unbeschwert*, zuversichtlich*",
        },
        "neutral": {
            0.0: "ohne jede gefühlsregung, gefühlsregung, gefühllos*, teilnahmslos, keinerlei emotion*, ruhig*, "
                "neutral*, sachlich*, gelassen*, gleichgültig*, ausdruckslos*, emotionslos*, unbewegt*, nüchtern*, "
                "entspannt*, gefasst*, ohne gefühl*, ohne emotion*, ohne regung, ohne jede regung, unbeteiligt*, "
                "monoton*, ernst, teilnahmslos*, normal*, keine miene verzieht, keine miene, keine regung",
        },
        "sad": {
            1.25: "am boden zerstört, untröstlich*, verzweifelt*, verzweiflung, todtraurig*, weint bitterlich, heult, "
                "heulen*, schluchzt*, schluchzend*, schluchzen, gebrochenen herzens, gebrochenem herzen, herz "
                "gebrochen, bricht … herz, bricht … in tränen aus, bricht in tränen aus, in tränen aufgelöst, weint … "
                "augen aus, tiefe trauer, trauert, todunglücklich*",
            1.0: "gebrochener stimme, brüchiger stimme, tränenerstickt*, lebewohl, verloren und, so allein, ganz "
                "allein, allein gelassen, verlassen, verstorben*, starb, trost, abschied, seufzt, weint*, fehlst mir, "
                "fehlt mir, fehlt ihr, fehlt ihm, nie wiedersehen, geht es schlecht, traurig*, traurigkeit, trauer, "
                "trauern, trauernd*, betrübt*, weint, weinen, weinend*, weine, tränen, unglücklich*, kummer, "
                "kummervoll*, leid, elend, niedergeschlagen*, deprimiert*, depressiv*, hoffnungslos*, schmerzlich*, "
                "vermisst, vermisse, verlassen worden, gestorben, trübsinnig*, bedrückt*, einsam*, einsamkeit, "
                "verletzt und traurig, jammert, trostlos*, beerdigung",
            0.7: "wehmütig*, wehmut, enttäuscht*, enttäuschung, melancholisch*, melancholie, geknickt, schwermütig*, "
                "mutlos*, bedauert, bedauern, sehnsucht, tut … leid, resigniert*, lustlos*, kopf hängen, heimweh",
        },
        "surprised": {
            1.2: "fassungslos*, wie vom donner gerührt, vom blitz getroffen, schockiert*, schock, geschockt, "
                "sprachlos*, völlig verblüfft, traut … augen nicht, traut … ohren nicht, fällt … allen wolken, fällt "
                "aus allen wolken, mund offen, klappt … kinnlade",
            1.0: "meine güte, du lieber himmel, ach du, ist ja ein ding, donnerwetter, schon da, traue … augen nicht, "
                "traue … ohren nicht, traut … augen kaum, glaubt … kaum, glaube es nicht, ist nicht dein ernst, nicht "
                "dein ernst, aus heiterem himmel, wie aus dem nichts, wie bitte, wer hätte das gedacht, überrascht*, "
                "überraschung, überraschend*, erstaunt*, erstaunen, staunt, staunen*, staunend*, verblüfft*, "
                "verblüffung, verwundert*, verwunderung, baff, perplex, kann es nicht fassen, kaum fassen, nicht "
                "fassen, nicht zu fassen, nicht glauben, kaum glauben, nicht damit gerechnet, nie damit gerechnet, "
                "damit … nicht gerechnet, nicht erwartet, nie erwartet, unglaublich, unfassbar*, wow, ach was, "
                "ungläubig*, plötzlich erschrocken, aufgeschreckt, verdutzt*, was du nicht sagst, echt jetzt, nie im "
                "leben gedacht, große augen, wahnsinn, hätte … nie gedacht, unerwartet*",
            0.65: "verwirrt*, irritiert*, stutzt, stutzig, erschrocken*, erschrickt",
        },
    },
    degrees={
        0.3: "kaum, fast gar nicht, fast nicht",
        0.45: "einen hauch, ein hauch von, eine spur, andeutungsweise, minimal",
        0.5: "ein bisschen, ein wenig, bisschen, leicht, leichte, leichter, leichtem, leise, etwas, schwach, sanft, "
            "ein klein wenig",
        0.7: "einigermaßen, halbwegs, mäßig, eher",
        0.9: "ziemlich, recht",
        1.2: "sehr, so richtig, richtig, wirklich, echt, tief, zutiefst, stark, große, großer, großem, unheimlich, "
            "voller, total gern",
        1.4: "wie noch nie, wie nie zuvor, mehr denn je, extrem, total, völlig, absolut, unglaublich … wütend, "
            "wahnsinnig, äußerst, zutiefst, riesig, rasend vor, ungeheuer, maßlos, überaus, furchtbar, schrecklich, "
            "entsetzlich, unendlich, über alle maßen, vollkommen",
        1.15: "kann … kaum verbergen, kaum verbergen, nicht verbergen, kaum zurückhalten, nicht zurückhalten, nicht "
            "unterdrücken, kaum bändigen, kann … nicht verbergen, kann … nicht beherrschen, kann … nicht aufhören",
        0.6: "versucht … zu verbergen, unterdrückt, verbirgt, verborgen, hält … zurück, zu verbergen",
    },
    denials={
        "clause": "nicht, nie, niemals, keineswegs, weder, noch nie, nicht mehr",
        "after": "kein, keine, keinen, keinem, keiner, keinerlei, ohne, nichts von",
    },
    contrasts="weil, aber, sondern, jedoch, doch, trotzdem, dafür, vielmehr, obwohl, während, und dann, dann",
    harmless="nicht nur, keine angst haben müssen, glückwunsch*, frohe ostern, zum glück, glückspilz, wütend machen "
        "kann, sorgfältig*, angst und bange machen, kein wunder, sauerkraut, sauerteig, saure gurken, besorgt das, "
        "besorgt die, besorgt den, ohne weiteres, ohne zweifel, ohne pause, ohne ende",
    muscles=(
        ("augenbrauen zusammen*, stirn gerunzelt, gerunzelte* stirn, runzelt … stirn, stirnrunzeln*, brauen zusammen*, "
            "zieht … brauen zusammen, zieht … augenbrauen zusammen, zusammengezogene* augenbrauen, zusammengezogene* "
            "brauen, gesenkte* brauen, gesenkte* augenbrauen", {"4": 0.95}),
        ("augenbrauen hoch*, hochgezogene* brauen, hochgezogene* augenbrauen, zieht … brauen hoch, zieht … augenbrauen "
            "hoch, gehobene* augenbrauen, hebt … augenbrauen, hebt … brauen, gehobene* brauen, brauen "
            "hoch*", {"1": 0.8, "2": 0.9}),
        ("eine hochgezogene augenbraue, hochgezogener augenbraue, hebt eine augenbraue, zieht eine augenbraue hoch, "
            "hebt eine braue",
         {"2R": 1.0, "1": 0.25}),
        ("aufgerissene* augen, weit geöffnete* augen, reißt … augen auf, augen weit, weit aufgerissen*, große augen "
            "machen",
         {"5": 0.9}),
        ("zusammengekniffene* augen, kneift … augen zusammen, verengte* augen, augen verengt, schmale augen, "
            "blinzelt", {"7": 0.85}),
        ("gerümpfte* nase, rümpft … nase, krause nase, nase gerümpft, kräuselt … nase", {"9": 0.9}),
        ("mundwinkel nach oben, mundwinkel hoch, zieht … mundwinkel hoch, gehobene* mundwinkel, hochgezogene* "
            "mundwinkel", {"12": 0.8}),
        ("mundwinkel nach unten, mundwinkel herunter, hängende* mundwinkel, gesenkte* mundwinkel, mundwinkel "
            "hängen", {"15": 0.85}),
        ("zusammengepresste* lippen, presst … lippen zusammen, lippen gepresst, aufeinander gepresste* lippen, lippen "
            "zusammengepresst",
         {"24": 0.8}),
        ("offener mund, offenem mund, mund weit offen, geöffneter mund, geöffnetem mund, kinnlade fällt, kiefer "
            "fällt", {"26": 0.8}),
        ("zusammengebissene* zähne*, beißt … zähne zusammen, kiefer angespannt", {"23": 0.5, "29": 0.3}),
        ("geschlossene* augen, augen geschlossen, schließt … augen", {"43": 1.0}),
        ("gesenkter blick, gesenktem blick, blickt zu boden, schaut zu boden, blick nach unten", {"64": 0.55}),
        ("gespitzte* lippen, spitzt … lippen, schmollmund", {"18": 0.8}),
        ("hochgezogene* oberlippe, hochgezogener oberlippe, oberlippe hoch*, zieht … oberlippe hoch", {"10": 0.8}),
    ),
)  # fmt: skip
"""Written for Style2Talker."""
