"""The short sentences by which recipients opt out in Portuguese, Spanish and English, as patterns of ``phrase``.

Each is a whole message that means nothing else. What a person should read is not among them: questions ("como faço
para sair?"), negations ("não quero sair"), and whatever is about an order, a subscription or a product.
"""

from hidra.domain.phrase import Patterns, compiler


def _pairs(first: str, second: str) -> str:
    """Returns every choice of the first list with every choice of the second behind it."""
    return ", ".join(f"{one} {other}".strip() for one in first.split(",") for other in second.split(","))


# What is sent. One message with an article ("essa mensagem") is a certain message, not the sending.
_MESSAGES = ", ".join(
    (
        "mensagem, mensagens, spam, propaganda, propagandas, publicidade, contato, contatos, notificacoes",
        _pairs("as, essas, estas, suas, as suas", "mensagens, propagandas, notificacoes"),
        _pairs("esse, este, nenhum, qualquer", "tipo de mensagem, tipo de contato, tipo de propaganda"),
        _pairs("nenhuma, qualquer, mais nenhuma", "mensagem, propaganda, publicidade, notificacao"),
        "nenhum contato, nenhum spam, esse spam, esses spams",
        _pairs("mensagens", "de voces, promocionais, de propaganda, de marketing, de promocoes, de promocao"),
    )
)
_OFFERS = ", ".join(
    (
        "promocao, promocoes, oferta, ofertas, anuncio, anuncios, divulgacao, divulgacoes, marketing",
        _pairs("as, suas, as suas, essas, estas", "promocoes, ofertas"),
        _pairs("nenhuma", "promocao, oferta, divulgacao"),
    )
)
# Where the recipient is registered.
_LISTS = _pairs("lista", ",de voces,de transmissao,de envio,de envios,de contatos,de mensagens")
_SYSTEMS = _pairs("sistema, banco de dados, cadastro", ",de voces")
_PHONES = "numero, contato, telefone, whatsapp, celular"
_NAMES = {
    # Portuguese. "preciso sair" and "vou sair" are no requests.
    "quero": "quero, eu quero, queria, eu queria, desejo, eu desejo, gostaria de, eu gostaria de, prefiro, so quero",
    "pode": ", ".join(
        (
            "pode, podem, poderia, poderiam, voce pode, voces podem, voce poderia, voces poderiam, pode por favor",
            "poderia por favor, sera que pode, tem como, teria como, da para",
            "quero pedir para, ja pedi para, eu ja pedi para",
            _pairs(
                "quero, queria, gostaria, prefiro, peco, peco por favor, peco por gentileza, solicito, exijo", "que"
            ),
            _pairs("quero pedir, gostaria de pedir, gostaria de solicitar", "que"),
        )
    ),
    "pode_parar": """pode, podem, ja pode, ja podem, voce pode, voces podem, voce ja pode, voces ja podem, poderia,
        poderiam, voce poderia, voces poderiam, quero que, peco que, gostaria que""",
    "da_lista": ", ".join(
        (
            _pairs("da, desta, dessa, da sua, dessa sua, de sua", _LISTS),
            "das listas, das suas listas, dessas listas, de todas as listas, da base, da sua base, da base de dados",
            "do cadastro, do seu cadastro, dos seus contatos, dos contatos, da agenda, da sua agenda, das promocoes",
            "dos disparos, do grupo, deste grupo, desse grupo",
        )
    ),
    "na_lista": ", ".join((_pairs("na, nesta, nessa, na sua", _LISTS), "no grupo, neste grupo, nesse grupo, na base")),
    # A person does not leave it ("sair do sistema" is a log-out), but a number is removed from it.
    "do_sistema": _pairs("do, do seu, deste, desse", _SYSTEMS),
    "daqui": "daqui, dai, disso, disto",
    "ja": "ja, logo, agora, ai",
    "tira": """tira, tire, tirem, tirar, tirarem, retira, retire, retirem, retirar, remove, remova, removam, remover,
        removerem, exclui, exclua, excluam, excluir, apaga, apague, apaguem, apagar, deleta, delete, deletem,
        deletar""",
    "descadastra": """descadastra, descadastre, descadastrem, descadastrar, remove, remova, removam, remover, exclui,
        exclua, excluam, excluir""",
    "meu_numero": _pairs("meu, o meu, esse, este", _PHONES),
    "ja_pedi": _pairs("ja, eu ja", "pedi para, falei para, disse para"),
    "removido": "removido, removida, retirado, retirada, excluido, excluida, descadastrado, descadastrada",
    "remocao": "remocao, exclusao, retirada, descadastramento, descadastro",
    "do_meu_numero": "do meu numero, do meu contato, do meu telefone, do meu nome, dos meus dados",
    "nao": "nao, n, num",
    "que": "que, q",
    "voces": "voce, voces",
    "mensagens": _MESSAGES,
    "propaganda": f"{_MESSAGES}, {_OFFERS}",
    "promocoes": f"{_MESSAGES}, {_OFFERS}, novidades, conteudo, conteudos",
    "das_mensagens": _pairs(
        "das, dessas, destas, das suas", "mensagens, propagandas, promocoes, ofertas, notificacoes"
    ),
    "nada": "nada, isso, isto, nada disso, nada de voces, essas coisas",
    "de_voces": ", ".join(
        (
            "de voces, de voce, suas, dessa empresa, desta empresa, dessa loja, desta loja, por aqui, aqui, assim",
            "para mim, desse tipo, deste tipo, no whatsapp, pelo whatsapp, por whatsapp",
            _pairs("no meu, para o meu, para meu, pelo meu, nesse, neste, desse, deste", _PHONES),
            _pairs("para esse, para este, a esse, a este", _PHONES),
        )
    ),
    # "receber" as chats write it behind "quero mais".
    "receber": "receber, recebe",
    # Behind "parar de".
    "mandar": """mandar, enviar, mandarem, enviarem, me mandar, me manda, me enviar, me mandarem, me enviarem, mandar
        me, enviar me, ficar mandando, ficar enviando, ficar me mandando, ficar me enviando, me encher, me encher o
        saco, encher, encher o saco, incomodar, me incomodar, perturbar, me perturbar""",
    "pare": "parar, parem, pare, para, parassem, deixar, deixem, deixe, deixassem",
    "mande": ", ".join(
        (
            "mande, mandem, mandar, mandassem, envie, enviem, enviar, enviassem",
            _pairs("fique, fiquem, ficar", "mandando, enviando, me mandando, me enviando"),
        )
    ),
    # These also tell what happens: "não envia mensagem" is a fault of the product.
    "manda": "manda, envia",
    "entrem": "entre, entrem, entrar, entrassem",
    "cancela": """cancelar, cancela, cancele, cancelem, suspender, suspenda, suspendam, interromper, interrompa,
        interrompam, desativar, desative, desativem""",
    # Spanish.
    "quiero": "quiero, yo quiero, quisiera, deseo, me gustaria",
    "puede": """puede, puedes, pueden, podria, podrias, podrian, me puede, me puedes, me pueden, me podria, me podrias,
        me podrian, quiero que, quisiera que""",
    "puede_parar": "puede, puedes, pueden, ya puede, ya puedes, ya pueden, podria, podrian",
    "mensajes": """mensaje, mensajes, estos mensajes, esos mensajes, sus mensajes, tus mensajes, los mensajes,
        publicidad, promociones, propaganda, propagandas, ofertas, notificaciones, spam, mensajes suyos, mensajes de
        ustedes, ningun mensaje""",
    "de_la_lista": """de la lista, de su lista, de tu lista, de esta lista, de esa lista, de sus listas, de tus listas,
        de la lista de difusion, de su base de datos, de la base de datos, de su base, del sistema, de su sistema, de
        sus contactos, del grupo""",
    "en_la_lista": "en la lista, en su lista, en tu lista, en esta lista, en esa lista, en el grupo, en este grupo",
    "a_mi_numero": "a este numero, a mi numero, en este numero, por aqui, por whatsapp, por este medio",
    "borra": """borra, borre, borren, borrar, elimina, elimine, eliminen, eliminar, saca, saque, saquen, sacar, quita,
        quite, quiten, quitar, remueva, remuevan, remover""",
    "borrame": "borrame, borreme, borrenme, borrarme, eliminame, elimineme, eliminenme, eliminarme",
    "sacame": "sacame, saqueme, saquenme, sacarme, quitame, quiteme, quitenme, quitarme, remuevame, remuevanme",
    "escriba": "escriba, escriban, escribas, contacte, contacten, contactes, moleste, molesten, molestes",
    "envie": "envie, envien, envies, enviar, mande, manden, mandes, mandar",
    # English.
    "want": "i want to, i would like to, i'd like to, i wish to, id like to, i wanna",
    "can": """can you, could you, would you, can you please, could you please, would you please, i want you to, please
        can you, please could you, you can, you may""",
    "messages": """message, messages, text, texts, these messages, those messages, these texts, your messages, the
        messages, promotions, your promotions, ads, spam, marketing messages, promotional messages, notifications""",
    "the_list": """the list, your list, this list, your lists, the mailing list, your mailing list, this mailing list,
        the contact list, your contact list, your contacts, your database, your system, the system""",
    "my_number": "my number, this number, my phone, my phone number, my name, my contact",
    "anymore": "anymore, any more, again, ever again, ever",
}
_pattern = compiler(_NAMES)

_NAO_QUERO = "eu? ja? <nao> quero|desejo|aceito|autorizo|gostaria_de|queria"
_NAO_QUERO_QUE = "eu? ja? <nao> quero|desejo|aceito|autorizo|gostaria|queria mais? <que> <voces>?"
_NO_QUIERO = "yo? ya? no quiero|deseo|quisiera|autorizo"
_I_DONT_WANT = "i? don't|dont|do_not want"

# A question mark behind one of them is ignored, as behind the user's own words.
_WORDS = (
    "pare|parem|descadastro|descadastre-se|desinscrever ??",
    "salir|baja|darse_de_baja|dar_de_baja|desuscribir|desuscribirme|desuscribirse|detener ??",
    "unsubscribe|stopall|stop_all|optout|opt_out|quit ??",
    # The titles of Meta's own opt-out button.
    "parar_promocoes|stop_promotions ??",
)
# What may follow "pode" or "can you", and may then be written with a question mark.
_DEMANDS = (
    "me|mi <tira> <ja>? <da_lista>|<do_sistema>",
    "tirar|remover|excluir|retirar <da_lista>",
    "<tira> me|eu|a_mim <da_lista>|<do_sistema>",
    "me <tira> <daqui>",
    "me <descadastra>",
    "<descadastra> me|eu",
    "<tira> <ja>? <meu_numero> <da_lista>|<do_sistema>|<daqui>? <ja>?",
    "<tira> meu_nome|o_meu_nome <da_lista>|<do_sistema>",
    "descadastrar|descadastre|descadastra <meu_numero>?",
    "<tira> o? meu_cadastro",
    "<tira> os? meus_dados <da_lista>|<do_sistema>?",
    "cancelar|cancela|cancele|cancelem o? meu_cadastro",
    "<pare> <ja>? de <mandar> <promocoes>? <de_voces>?",
    "<pare> <ja>? de <mandar> <nada>",
    "parar|parem|pare|para <ja>? com <promocoes>|isso|isto <de_voces>?",
    "<nao> me? <mande> mais? <promocoes> <de_voces>?",
    "<nao> me <manda> mais? <propaganda> <de_voces>?",
    "<nao> <manda> mais <propaganda> <de_voces>?",
    "<nao> me? <mande>|<manda> mais <nada>? <de_voces>?",
    "<nao> me <mande>|<manda> nada <de_voces>?",
    "<nao> <entrem> mais? em_contato mais? comigo|conosco? <de_voces>?",
    "<borrame> <de_la_lista>?",
    "<sacame> <de_la_lista>",
    "me <borra> <de_la_lista>",
    "me borren|borre|eliminen|elimine",
    "<borra> mi_numero|mi_contacto|mi_telefono <de_la_lista>?",
    "darme|dame|deme|denme|dar de_baja <de_la_lista>?",
    "dejar|deja|deje|dejen|parar|para|paren ya? de enviar|enviarme|mandar|mandarme <mensajes>? <a_mi_numero>?",
    "dejar|deja|deje|dejen|parar|para|paren ya? de escribirme|escribir|contactarme|molestar|molestarme",
    "ya? no me? <envie> mas? <mensajes> mas? <a_mi_numero>?",
    "ya? no me? <envie> mas nada? <a_mi_numero>?",
    "ya? no me <envie> nada mas?",
    "ya? no me <escriba> mas? <mensajes>? <a_mi_numero>?",
    "remove|delete|take me|<my_number> from|off|off_of <the_list>",
    "remove|unsubscribe|delete me|my_number|this_number|my_contact",
    "take me off",
    "opt me out",
    "stop sending me? this|stuff",
    "stop sending|texting|messaging|contacting|spamming|bothering me|this_number|my_number? <messages>? <anymore>?",
)
_STATEMENTS = (
    "<pode_parar> parar|pare|parem|me_tirar|me_tirem com_isso? ??",
    "<ja_pedi> sair|parar <da_lista>?",
    "<puede_parar> parar ??",
    "<quero> sair|parar|salir <da_lista>?",
    "sair|salir|parar <da_lista>",
    "<quero> me? descadastrar|desinscrever|desinscrever-me <meu_numero>? <da_lista>?",
    "<quero> <tira> <meu_numero> <da_lista>?",
    "<quero> cancelar|excluir|remover|apagar o? meu_cadastro",
    "<quero> me remover|excluir <da_lista>?",
    "<quero>|peco_para|solicito ser <removido> <da_lista>?",
    "<quero>? optar_por_sair",
    "<quero>? parar|para|deixar de <receber> <promocoes>|<nada>? <de_voces>?",
    f"{_NAO_QUERO} mais <receber> <promocoes>|<nada>? <de_voces>?",
    "eu? ja? <nao> gostaria mais de receber <promocoes>|<nada>? <de_voces>?",
    f"{_NAO_QUERO} <receber> mais? <promocoes> <de_voces>?",
    f"{_NAO_QUERO} <receber> mais nada? <de_voces>?",
    f"{_NAO_QUERO} <receber> nada <de_voces>?",
    "eu? ja? <nao> quero|desejo|aceito|autorizo <mensagens> <de_voces>?",
    "eu? ja? <nao> quero|desejo|aceito|autorizo mais <promocoes> <de_voces>?",
    "eu? ja? <nao> quero|desejo mais? ser mais? contatado|contatada|incomodado|incomodada",
    f"{_NAO_QUERO} mais? fazer_parte|participar <da_lista>",
    f"{_NAO_QUERO} mais? estar|ficar|continuar|permanecer|meu_numero|meu_contato|meu_nome <na_lista>",
    f"{_NAO_QUERO_QUE} me? <mande> mais? <promocoes> <de_voces>?",
    f"{_NAO_QUERO_QUE} me? <mande> mais nada? <de_voces>?",
    f"{_NAO_QUERO_QUE} me <mande> nada <de_voces>?",
    f"{_NAO_QUERO_QUE} <entrem> mais? em_contato comigo? <de_voces>?",
    "<quero>? <nao> receber mais? <promocoes>? <de_voces>?",
    "<nao> tenho mais? interesse em_receber <promocoes> <de_voces>?",
    "<nao> tenho mais? interesse em participar|fazer_parte|ficar|continuar <da_lista>|<na_lista>",
    "<nao> me_interessa mais? receber mais? <promocoes> <de_voces>?",
    "<nao> autorizo mais? o? envio de <promocoes>",
    "<nao> quero saber_de <propaganda>",
    "<nao> precisa|precisam mais <mandar> <promocoes> <de_voces>?",
    "<nao> precisa|precisam <mandar> mais <promocoes> <de_voces>?",
    "<nao>|sem mais <propaganda>",
    "chega|basta de <mandar>? <promocoes> <de_voces>?",
    "parar|pare|parem as|os|essas? <promocoes> <de_voces>?",
    "<quero>? <cancela> <mensagens>",
    "<quero>? <cancela> o? envio|recebimento de <promocoes>",
    "<quero>? <cancela> o? envio|recebimento <das_mensagens>",
    "<quero>? cancelar o? recebimento",
    "parar_de_enviar|cancelar_inscricao",
    "solicito|peco|exijo|quero a|o? <remocao> <do_meu_numero>? <da_lista>?",
    "me deixa|deixe|deixem em_paz",
    "<nao> me? perturbe|perturbem|perturbar|incomode|incomodem|incomodar mais?",
    # "não me incomoda" is no demand.
    "<nao> me perturba|incomoda mais",
    "me esquece|esqueca|esquecam",
    "esquece|esqueca|esquecam o? meu_numero|meu_contato",
    "<nao> me contate|contatem|procure|procurem|chame|chamem mais",
    "<quiero> salir|parar <de_la_lista>?",
    "salir <de_la_lista>",
    "<quiero>|solicito la? baja <de_la_lista>?",
    "<quiero> desuscribirme|dar_de_baja|darme_de_baja <de_la_lista>?",
    "<quiero>? dejar|parar de recibir <mensajes>?",
    f"{_NO_QUIERO} recibir mas <mensajes>?",
    f"{_NO_QUIERO} recibir <mensajes> mas?",
    f"{_NO_QUIERO} recibir nada mas?",
    f"{_NO_QUIERO} seguir_recibiendo <mensajes>?",
    f"{_NO_QUIERO} mas <mensajes>",
    f"{_NO_QUIERO} mensajes|publicidad|propaganda|spam",
    f"{_NO_QUIERO} estar|seguir|aparecer <en_la_lista>",
    f"{_NO_QUIERO} que me? <envie> mas? <mensajes> mas? <a_mi_numero>?",
    f"{_NO_QUIERO} que me <envie> mas|nada <a_mi_numero>?",
    f"{_NO_QUIERO} que me <escriba> mas? <mensajes>? <a_mi_numero>?",
    "me puede|puedes|pueden|podria|podrias|podrian <borra> <de_la_lista> ??",
    "no mas <mensajes>",
    "basta de <mensajes>",
    "no escribir mas",
    "no me? contacten|contacte|contactes|molesten|moleste|molestes|molestar mas?",
    "<quiero>? cancelar|parar|paren los? <mensajes>",
    "<want> unsubscribe|opt_out|stop <messages>?",
    "<want> unsubscribe|opt_out from <the_list>",
    "<want> be removed|unsubscribed from? <the_list>?",
    "i_want_out",
    "i_want|get_me off <the_list>",
    "<can> stop ??",
    "unsubscribe from <the_list>",
    "stop|cancel all? <messages>",
    "stop this|it",
    "no more <messages>",
    f"{_I_DONT_WANT} to_receive|to_get|receive? any? more? <messages> from_you? <anymore>?",
    f"{_I_DONT_WANT} to_receive anything from_you? <anymore>?",
    f"{_I_DONT_WANT} you to text|message|contact|write me <anymore>?",
    f"{_I_DONT_WANT} you to send me any? more? <messages> <anymore>?",
    f"{_I_DONT_WANT} to_be in|on <the_list> <anymore>?",
    "i? no_longer want|wish to? receive <messages>",
    "don't|dont|do_not text|message|contact|write me|my_number|this_number <anymore>?",
    "don't|dont|do_not send me? any? more? <messages> <anymore>?",
    "don't|dont|do_not send me anything else? <anymore>?",
    "never text|message|contact|call|write me <anymore>?",
    "leave_me_alone|lose_my_number",
)
REQUESTS = Patterns(
    _pattern(text)
    for text in (
        *_WORDS,
        *_DEMANDS,
        *_STATEMENTS,
        *(f"<pode>|<puede>|<can> <voces>? {demand} ??" for demand in _DEMANDS),
    )
)
